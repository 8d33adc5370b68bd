use std::borrow::Cow;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// Reads a UUID in its one usual form: 36 characters with hyphens, in either case.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    const HYPHENATED_LENGTH: usize = 36;
    (text.len() == HYPHENATED_LENGTH).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The form of a UUID, in words.
pub(super) const EXPECTED: &str = "a UUID of 36 characters";

/// A UUID in a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText(pub(crate) Uuid);

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        parse_uuid(&text).map(Self).ok_or_else(|| D::Error::custom(format_args!("expected {EXPECTED}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_read() {
        let usual = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";
        assert!(parse_uuid(usual).is_some());
        assert!(parse_uuid(&usual.to_uppercase()).is_some());
        for other in [
            "",
            "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4",
            "019aa0f27b1c7c3e9d550f6a3c1b2d4e",
            "{019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e}",
            "urn:uuid:019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e",
            "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4'",
            "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4\0",
            "019aa0f27-b1c-7c3e-9d55-0f6a3c1b2d4e",
        ] {
            assert_eq!(parse_uuid(other), None, "{other}");
        }
    }
}
