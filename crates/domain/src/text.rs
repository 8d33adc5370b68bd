//! Short texts that people wrote: trimmed, not empty, bounded, without control characters.

use thiserror::Error;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// A control character, such as a line break.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// A text of 1 to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Trims and checks a text.
    ///
    /// # Errors
    /// [`TextError`] when it is empty, too long, or has control characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        if text.chars().any(char::is_control) {
            return Err(TextError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_bounded_and_printable() {
        assert_eq!(Text::<5>::parse("  Ada ").unwrap().as_str(), "Ada");
        assert_eq!(Text::<5>::parse(" "), Err(TextError::Empty));
        assert_eq!(Text::<2>::parse("Ada"), Err(TextError::TooLong { max: 2 }));
        assert_eq!(Text::<9>::parse("a\nb"), Err(TextError::ControlCharacter));
        assert_eq!(Text::<3>::parse("가나다").unwrap().as_str(), "가나다");
    }
}
