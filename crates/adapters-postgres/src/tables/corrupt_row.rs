use seatline_domain::point::Amount;
use seatline_domain::seat::SeatNumber;
use seatline_domain::storage::StorageError;

use crate::failure::Failure;

/// What is stored cannot be: an error of its own, never a panic.
#[derive(Debug)]
pub(crate) struct CorruptRow(String);

impl CorruptRow {
    /// A column holds what it never should.
    pub(crate) fn wrong(what: &str, value: impl std::fmt::Debug) -> Self {
        Self(format!("stored {what} is {value:?}"))
    }
}

impl From<CorruptRow> for Failure {
    fn from(CorruptRow(text): CorruptRow) -> Self {
        Self::Broken(text)
    }
}

impl From<CorruptRow> for StorageError {
    fn from(CorruptRow(text): CorruptRow) -> Self {
        Self::Corrupt(text)
    }
}

/// A count or a sequence as PostgreSQL keeps it.
pub(crate) fn position(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or a sequence as PostgreSQL kept it.
pub(crate) fn count<T: TryFrom<i64>>(what: &str, number: i64) -> Result<T, CorruptRow> {
    T::try_from(number).map_err(|_| CorruptRow::wrong(what, number))
}

/// An amount as PostgreSQL kept it.
pub(crate) fn amount(what: &str, number: rust_decimal::Decimal) -> Result<Amount, CorruptRow> {
    Amount::try_from(number).map_err(|_| CorruptRow::wrong(what, number))
}

/// A seat's number as PostgreSQL keeps it.
pub(crate) fn seat_number(number: SeatNumber) -> i32 {
    i32::try_from(number.get()).unwrap_or(i32::MAX)
}

/// A seat's number as PostgreSQL kept it.
pub(crate) fn seat_number_of(number: i32) -> Result<SeatNumber, CorruptRow> {
    let parsed = u32::try_from(number).ok().and_then(|number| SeatNumber::parse(number).ok());
    parsed.ok_or_else(|| CorruptRow::wrong("seat number", number))
}
