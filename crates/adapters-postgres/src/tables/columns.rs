//! Values as columns hold them, and back.

use rust_decimal::Decimal;
use seatline_domain::point::Amount;
use seatline_domain::seat::SeatNumber;

use super::CorruptRow;

/// A count or a sequence as a `bigint`.
pub(crate) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as an `integer`.
pub(crate) fn integer(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A count or a sequence from its column.
pub(crate) fn count<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, CorruptRow> {
    T::try_from(number).map_err(|_| CorruptRow::new(what, number))
}

/// An amount from its column.
pub(crate) fn amount(what: &'static str, number: Decimal) -> Result<Amount, CorruptRow> {
    Amount::try_from(number).map_err(|_| CorruptRow::new(what, number))
}

/// A seat's number from its column.
pub(crate) fn seat_number(number: i32) -> Result<SeatNumber, CorruptRow> {
    let parsed = u32::try_from(number).ok().and_then(|number| SeatNumber::parse(number).ok());
    parsed.ok_or_else(|| CorruptRow::new("seat number", number))
}
