use std::borrow::Cow;

use seatline_domain::point::{Amount, AmountError};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{Object, OneOf, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The form of an amount, in words.
pub(super) const EXPECTED: &str = "a number or a decimal string";

/// An amount as a client wrote it: a JSON number or a string, kept to the letter so that nothing is ever rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmountText(String);

impl AmountText {
    /// Reads the amount.
    ///
    /// # Errors
    /// [`AmountError`] for what is no plain decimal number, or one that is not allowed.
    pub(crate) fn parse(&self) -> Result<Amount, AmountError> {
        Amount::parse(&self.0)
    }
}

/// An amount that may be negative, as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct SignedAmountText(AmountText);

impl SignedAmountText {
    /// Whether it is negative, and the amount without its sign.
    pub(crate) fn parts(&self) -> (bool, AmountText) {
        match self.0.0.strip_prefix('-').filter(|unsigned| !unsigned.starts_with('-')) {
            Some(unsigned) => (true, AmountText(unsigned.to_owned())),
            None => (false, self.0.clone()),
        }
    }
}

impl PartialSchema for SignedAmountText {
    fn schema() -> RefOr<Schema> {
        let number = Object::builder().schema_type(Type::Number).multiple_of(Some(0.01));
        let text = Object::builder().schema_type(Type::String).pattern(Some(r"^-?\d{1,17}(\.\d{1,2})?$"));
        OneOf::builder()
            .item(number)
            .item(text)
            .description(Some(
                "Points, negative to take them back: a plain decimal number with at most two decimals, or a string of one.",
            ))
            .examples([serde_json::json!(5000), serde_json::json!("-10.25")])
            .into()
    }
}

impl ToSchema for SignedAmountText {
    fn name() -> Cow<'static, str> {
        "SignedAmount".into()
    }
}

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let literal = <&RawValue>::deserialize(deserializer)?.get();
        match literal.bytes().next() {
            Some(b'"') => serde_json::from_str(literal).map(Self).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(literal.to_owned())),
            _ => Err(D::Error::custom(format_args!("expected {EXPECTED}"))),
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
