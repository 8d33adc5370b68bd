//! Fields of bodies as domain values.

use std::borrow::Cow;

use seatline_domain::point::{Amount, AmountError, PointsChange};
use seatline_domain::text::Text;

use crate::problem::Problem;
use crate::wire::{AmountText, SignedAmountText};

/// Reads a short text that somebody wrote.
///
/// # Errors
/// 422 naming `field` when nothing of it is seen, it is too long, or has characters that no text may have.
pub(crate) fn text<const MAX: usize>(
    field: impl Into<Cow<'static, str>>,
    text: &str,
) -> Result<Text<MAX>, Problem> {
    Text::parse(text).map_err(|error| Problem::invalid(field, format!("The text {error}.")))
}

/// Reads an amount.
///
/// # Errors
/// 400 for what is no plain decimal number, 422 naming `field` for one that is not allowed.
pub(crate) fn amount(field: impl Into<Cow<'static, str>>, amount: &AmountText) -> Result<Amount, Problem> {
    amount.parse().map_err(|error| match error {
        AmountError::Malformed => Problem::malformed(
            "An amount must be a plain decimal number such as 1500 or 0.5, or a string of one.",
        )
        .field(field),
        AmountError::Negative | AmountError::TooManyDecimals | AmountError::TooLarge => {
            Problem::invalid(field, format!("The amount {error}."))
        }
    })
}

/// Reads an amount that may be negative.
///
/// # Errors
/// As [`amount`].
pub(crate) fn signed_amount(
    field: impl Into<Cow<'static, str>>,
    signed: &SignedAmountText,
) -> Result<PointsChange, Problem> {
    let (negative, unsigned) = signed.parts();
    let amount = amount(field, &unsigned)?;
    Ok(if negative { PointsChange::Debit(amount) } else { PointsChange::Credit(amount) })
}

/// A domain error's words as a sentence. The domain never repeats what a client sent.
pub(crate) fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).chain(['.']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    fn read(json: &str) -> Result<Amount, Option<Code>> {
        let text: AmountText = serde_json::from_str(json).map_err(|_| None)?;
        super::amount("amount", &text).map_err(|problem| Some(problem.code()))
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
