use std::borrow::Cow;

use seatline_domain::point::{Amount, AmountError};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{Object, OneOf, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Problem;

/// An amount as a client wrote it: a JSON number or a string, kept to the letter so that nothing is ever rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmountText(String);

impl AmountText {
    /// The amount.
    ///
    /// # Errors
    /// 400 for what is no plain decimal number, 422 naming `field` for one that is not allowed.
    pub(crate) fn parse(&self, field: impl Into<Cow<'static, str>>) -> Result<Amount, Problem> {
        Amount::parse(&self.0).map_err(|error| match error {
            AmountError::Malformed => Problem::malformed(
                "An amount must be a plain decimal number such as 1500 or 0.5, or a string of one.",
            ),
            AmountError::Negative | AmountError::TooManyDecimals | AmountError::TooLarge => {
                Problem::invalid(field, format!("The amount {error}."))
            }
        })
    }
}

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let literal = <&RawValue>::deserialize(deserializer)?.get();
        match literal.bytes().next() {
            Some(b'"') => serde_json::from_str(literal).map(Self).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(literal.to_owned())),
            _ => Err(D::Error::custom("an amount is a number or a string")),
        }
    }
}

impl PartialSchema for AmountText {
    fn schema() -> RefOr<Schema> {
        let number = Object::builder().schema_type(Type::Number).minimum(Some(0)).multiple_of(Some(0.01));
        let text = Object::builder().schema_type(Type::String).pattern(Some(r"^\d{1,17}(\.\d{1,2})?$"));
        OneOf::builder()
            .item(number)
            .item(text)
            .description(Some(
                "Points: a plain decimal number with at most two decimals, or a string of one.",
            ))
            .examples([serde_json::json!(5000), serde_json::json!("10.25")])
            .into()
    }
}

impl ToSchema for AmountText {
    fn name() -> Cow<'static, str> {
        "Amount".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    fn read(json: &str) -> Result<Amount, Option<Code>> {
        let text: AmountText = serde_json::from_str(json).map_err(|_| None)?;
        text.parse("amount").map_err(|problem| Some(problem.code()))
    }

    #[test]
    fn numbers_and_decimal_strings_are_taken_to_the_letter() {
        assert_eq!(read("5000"), Ok(Amount::whole(5_000)));
        assert_eq!(read("\"10.25\""), Ok(Amount::parse("10.25").unwrap()));
        assert_eq!(read("0.1"), Ok(Amount::parse("0.1").unwrap()));
    }

    #[test]
    fn what_is_no_plain_decimal_is_malformed() {
        for json in ["1e3", "1E400", "\"abc\"", "\"NaN\"", "\"\"", "\" 1\"", "\"1e3\"", "\"+1\""] {
            assert_eq!(read(json), Err(Some(Code::MalformedRequest)), "{json}");
        }
        for json in ["null", "true", "[5]", "{\"a\":1}", "NaN", "Infinity", "01"] {
            assert_eq!(read(json), Err(None), "{json}");
        }
    }

    #[test]
    fn numbers_that_are_not_allowed_are_invalid() {
        let digits = "9".repeat(40);
        for json in ["-1", "-0.01", "1.005", "9223372036854775808", "99999999999999999999", &digits] {
            assert_eq!(read(json), Err(Some(Code::InvalidValue)), "{json}");
        }
    }
}
