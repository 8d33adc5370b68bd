//! Amounts as Stripe counts them: in the smallest unit of their currency.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use seatline_domain::charge::Currency;
use seatline_domain::point::Amount;

/// Currencies without parts that Stripe counts in hundredths all the same.
const HUNDREDTHS_OF_WHOLE: [&str; 2] = ["ISK", "UGX"];

fn units(currency: Currency) -> Decimal {
    let in_hundredths = !currency.is_whole() || HUNDREDTHS_OF_WHOLE.contains(&currency.code());
    if in_hundredths { Decimal::ONE_HUNDRED } else { Decimal::ONE }
}

/// An amount in smallest units; `None` for one that the currency does not have.
pub(super) fn in_smallest_units(amount: Amount, currency: Currency) -> Option<i64> {
    let units = amount.decimal().checked_mul(units(currency))?;
    if currency.can_express(amount) && units.is_integer() { units.to_i64() } else { None }
}

/// The amount of so many smallest units.
pub(super) fn of_smallest_units(units_taken: i64, currency: Currency) -> Option<Amount> {
    Amount::try_from(Decimal::from(units_taken).checked_div(units(currency))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn won_are_counted_whole_and_euros_in_cents() {
        let amount = |text| Amount::parse(text).unwrap();
        let currency = |code| Currency::parse(code).unwrap();
        for (text, code, expected) in [
            ("1000", "KRW", Some(1_000)),
            ("0.5", "KRW", None),
            ("10.25", "EUR", Some(1_025)),
            ("0.01", "USD", Some(1)),
            ("7", "JPY", Some(7)),
            ("7", "ISK", Some(700)),
            ("7.5", "UGX", None),
            ("10000000", "KRW", Some(10_000_000)),
        ] {
            let units = in_smallest_units(amount(text), currency(code));
            assert_eq!(units, expected, "{text} {code}");
            if let Some(units) = units {
                assert_eq!(of_smallest_units(units, currency(code)), Some(amount(text)));
            }
        }
        assert_eq!(of_smallest_units(-1, Currency::KRW), None);
    }
}
