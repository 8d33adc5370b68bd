//! Short texts that people wrote: trimmed, with something to see, bounded, without control characters.

use thiserror::Error;

/// Error of parsing a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing is to be seen of it.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// A control character, such as a line break, or one that turns the direction of what stands around it.
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
        if text.chars().all(is_invisible) {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        if text.chars().any(|character| character.is_control() || turns_direction(character)) {
            return Err(TextError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that show nothing by themselves. Some belong into texts: emoji and several scripts join with them.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || turns_direction(character)
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Characters that make a text, and what is shown after it, read in another order than it is stored.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
        assert_eq!(Text::<9>::parse("\u{200b}\u{feff}"), Err(TextError::Empty));
        assert_eq!(Text::<9>::parse("a\u{202e}b"), Err(TextError::ControlCharacter));
        assert_eq!(Text::<9>::parse("می\u{200c}خواهم").unwrap().as_str(), "می\u{200c}خواهم");
        assert_eq!(Text::<3>::parse("가나다").unwrap().as_str(), "가나다");
    }
}
