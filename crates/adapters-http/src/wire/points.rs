use std::borrow::Cow;

use rust_decimal::Decimal;
use seatline_domain::point::Amount;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Points in an answer: a JSON number with at most two decimals, exact, `5000` and not `5000.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Points(Decimal);

/// Points in an answer that may be negative: what leaves a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedPoints(Decimal);

impl From<Amount> for Points {
    fn from(amount: Amount) -> Self {
        Self(amount.decimal())
    }
}

impl From<Decimal> for SignedPoints {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}

impl Serialize for SignedPoints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}

/// Writes the number digit by digit; a binary floating point number is never in between.
fn serialize<S: Serializer>(number: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let number = number.normalize();
    match i64::try_from(number) {
        Ok(whole) if number.scale() == 0 => serializer.serialize_i64(whole),
        _ => {
            let literal = RawValue::from_string(number.to_string()).map_err(serde::ser::Error::custom)?;
            literal.serialize(serializer)
        }
    }
}

impl PartialSchema for Points {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(Type::Number)
            .description(Some("Points: at most two decimals."))
            .minimum(Some(0))
            .multiple_of(Some(0.01))
            .examples([5_000])
            .into()
    }
}

impl ToSchema for Points {
    fn name() -> Cow<'static, str> {
        "Points".into()
    }
}

impl PartialSchema for SignedPoints {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(Type::Number)
            .description(Some("Points: at most two decimals; what leaves the wallet is negative."))
            .multiple_of(Some(0.01))
            .examples([-5_000])
            .into()
    }
}

impl ToSchema for SignedPoints {
    fn name() -> Cow<'static, str> {
        "SignedPoints".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        serde_json::to_string(&Points::from(Amount::parse(text).unwrap())).unwrap()
    }

    #[test]
    fn points_are_written_exactly() {
        assert_eq!(written("5000"), "5000");
        assert_eq!(written("5000.0"), "5000");
        assert_eq!(written("0"), "0");
        assert_eq!(written("0.10"), "0.1");
        assert_eq!(written("10.25"), "10.25");
        assert_eq!(written("99999999999999999.99"), "99999999999999999.99");
        let negative = SignedPoints::from(-Amount::parse("0.05").unwrap().decimal());
        assert_eq!(serde_json::to_string(&negative).unwrap(), "-0.05");
        assert_eq!(serde_json::to_string(&SignedPoints::from(-Decimal::ZERO)).unwrap(), "0");
    }

    #[test]
    fn sums_lose_their_trailing_zeros() {
        let half = Amount::parse("0.5").unwrap();
        assert_eq!(serde_json::to_string(&Points::from(half.checked_add(half).unwrap())).unwrap(), "1");
    }
}
