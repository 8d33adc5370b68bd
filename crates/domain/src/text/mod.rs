//! Short texts that people wrote: trimmed, composed (NFC), with something to see, bounded, on one line, and without
//! characters that show nothing, turn others around, or are not defined.

mod characters;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use thiserror::Error;

use self::characters::{are_allowed, is_blank, is_ignorable, is_visible};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// Error of parsing a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing is to be seen of it.
    #[error("must have at least one visible character")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// A line break, or a control, format, private-use or unassigned character.
    #[error("must be one line without control, format, private-use or unassigned characters")]
    ForbiddenCharacter,
}

/// A text of 1 to `MAX` characters, in Unicode's composed form (NFC).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Trims, composes and checks a text. Characters are counted as they are kept.
    ///
    /// A zero-width joiner or non-joiner may stand between what is seen, or end a word after a virama; tags may follow a
    /// black flag. Every other character that is not seen itself is either refused, or allowed beside one that is.
    ///
    /// # Errors
    /// [`TextError`] when nothing of it is seen, when it is too long, or when it has characters that no text may have.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = NFC.normalize(text.trim_matches(is_blank));
        if !text.chars().any(is_visible) {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        if !are_allowed(&text) {
            return Err(TextError::ForbiddenCharacter);
        }
        Ok(Self(text.into_owned()))
    }

    /// Reads a stored text back, which may have been taken when more characters were allowed, and composes it.
    ///
    /// # Errors
    /// [`TextError`] when it is empty or too long, which no stored text ever was.
    pub fn restore(text: &str) -> Result<Self, TextError> {
        if text.trim().is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        Ok(Self(NFC.normalize(text).into_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What texts have in common that must not stand side by side, because people would take one for the other: the text
    /// without its case, without compatibility forms (NFKC), without what is not seen, with single spaces.
    pub fn comparable(&self) -> String {
        let folding = CaseMapper::new();
        let spaced: String = self.0.chars().map(|each| if is_blank(each) { ' ' } else { each }).collect();
        let folded = folding.fold_string(&NFKC.normalize(&folding.fold_string(&spaced))).into_owned();
        let seen: String = NFKC.normalize(&folded).chars().filter(|each| !is_ignorable(*each)).collect();
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Name = Text<100>;

    fn parsed(text: &str) -> Result<String, TextError> {
        Name::parse(text).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(parsed("  Ada ").unwrap(), "Ada");
        assert_eq!(parsed("\u{2800}\u{3000}Ada\u{3164}\u{a0}\n").unwrap(), "Ada");
        assert_eq!(Text::<2>::parse("Ada"), Err(TextError::TooLong { max: 2 }));
        assert_eq!(Text::<3>::parse("가나다").unwrap().as_str(), "가나다");
    }

    #[test]
    fn texts_are_composed_and_counted_as_they_are_kept() {
        assert_eq!(parsed("Cafe\u{301}"), parsed("Caf\u{e9}"));
        assert_eq!(parsed("\u{1100}\u{1161}").unwrap(), "가");
        assert_eq!(parsed("\u{212b}").unwrap(), "\u{c5}", "the unit is the letter");
        assert_eq!(Text::<2>::parse("e\u{301}\u{1100}\u{1161}\u{11a8}").unwrap().as_str(), "\u{e9}각");
        // A character that NFC writes as two.
        assert_eq!(Text::<1>::parse("\u{958}").unwrap_err(), TextError::TooLong { max: 1 });
    }

    #[test]
    fn something_is_to_be_seen() {
        for blank in [
            "",
            " ",
            "\u{a0}\u{3000}",
            "\u{2028}",
            "\u{200b}\u{feff}",
            "\u{200d}\u{fe0f}",
            "\u{2066}\u{2069}",
            "\u{2800}",
            "\u{3164}",
            "\u{115f}",
            "\u{1160}",
            "\u{ffa0}",
            "\u{115f}\u{1160}",
            "\u{34f}",
            "\u{ad}",
            "\u{17b4}",
            "\u{180e}",
            "\u{e0041}",
            "\u{1d159}",
            "\u{301}",
            "\u{fe0f}",
            "\u{e000}",
            "\u{ffef}",
        ] {
            assert_eq!(parsed(blank), Err(TextError::Empty), "{blank:?}");
        }
    }

    #[test]
    fn what_controls_formats_or_is_not_defined_is_refused() {
        for forbidden in [
            "a\nb",
            "a\u{7}b",
            "a\u{9f}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{202e}b",
            "a\u{2067}b",
            "a\u{200b}b",
            "a\u{feff}b",
            "a\u{ad}b",
            "a\u{2060}b",
            "a\u{61c}b",
            "a\u{ffef}",
            "a\u{ffff}",
            "a\u{e000}",
            "a\u{f0000}",
            "a\u{378}",
            "a\u{fffa}b",
            "a\u{e0001}",
            "a\u{e0041}\u{e007f}",
        ] {
            assert_eq!(parsed(forbidden), Err(TextError::ForbiddenCharacter), "{forbidden:?}");
        }
    }

    #[test]
    fn every_script_is_spelt_as_its_readers_spell_it() {
        for good in [
            "O'Brien; DROP TABLE users;--",
            "عائشة",
            "שָׁלוֹם",
            "می\u{200c}خواهم",
            "\u{600}\u{661}",
            "ക്\u{200d}ഷ",
            "മോഹന\u{d4d}\u{200d}",
            "ශ්\u{200d}රී",
            "র\u{200d}্য",
            "ᄫᆞᆯ",
            "\u{115f}\u{1161}가",
            "ไทย",
            "Zoë",
            "ㅋㅋ",
            "漢字",
            "葛\u{e0100}",
            "ᠮᠣᠩᠭᠣᠯ\u{180b}",
        ] {
            assert_eq!(parsed(good).unwrap(), good);
        }
    }

    #[test]
    fn emoji_are_taken_with_what_joins_and_colours_them() {
        for good in [
            "🎟️",
            "👩‍👩‍👧‍👦",
            "❤️‍🔥",
            "👩🏽‍🚀",
            "🏳️‍🌈",
            "🏴‍☠️",
            "1️⃣",
            "🇰🇷",
            "🏴",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert_eq!(parsed(good).unwrap(), good);
        }
        assert_eq!(
            parsed("🏴\u{e0067}\u{e0062}"),
            Err(TextError::ForbiddenCharacter),
            "a flag without an end"
        );
    }

    #[test]
    fn joiners_join() {
        for stray in ["Ada\u{200d}", "\u{200d}Ada", "A\u{200c}\u{200d}da", "Ada \u{200d}B", "Ada\u{200c} B"] {
            assert_eq!(parsed(stray), Err(TextError::ForbiddenCharacter), "{stray:?}");
        }
    }

    #[test]
    fn a_text_of_looser_rules_is_read_back_composed() {
        assert_eq!(Name::restore("a\u{202e}e\u{301}").unwrap().as_str(), "a\u{202e}\u{e9}");
        assert_eq!(Name::restore("\u{2800}").unwrap().as_str(), "\u{2800}");
        assert_eq!(Name::restore(" "), Err(TextError::Empty));
        assert_eq!(Name::restore(&"a".repeat(101)), Err(TextError::TooLong { max: 100 }));
    }

    #[test]
    fn what_looks_alike_compares_alike() {
        let comparable = |text: &str| Name::parse(text).unwrap().comparable();
        for (one, other) in [
            ("Cafe\u{301}", "CAFÉ"),
            ("\u{1100}\u{1161}", "가"),
            ("Floor", "ＦＬＯＯＲ"),
            ("Straße", "STRASSE"),
            ("Row \u{2460}", "row 1"),
            ("Upper tier", "Upper\u{3000} tier"),
            ("Upper tier", "Upper\u{2800}tier"),
            ("Floor", "Floor\u{fe0f}"),
            ("Floor", "Flo\u{34f}or"),
            ("Floor", "Flo\u{200c}or"),
            ("Σ", "ς"),
            ("ﬁ", "FI"),
        ] {
            assert_eq!(comparable(one), comparable(other), "{one:?} {other:?}");
        }
        for (one, other) in
            [("A", "B"), ("Tier 1", "Tier 11"), ("e", "é"), ("가", "각"), ("Upper tier", "Uppertier")]
        {
            assert_ne!(comparable(one), comparable(other), "{one:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_taken_again_as_it_is(text in "\\PC{0,12}|[ \u{200d}\u{fe0f}\u{301}ke\u{1f3f4}\u{2800}]{0,8}") {
            if let Ok(kept) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(kept.as_str()), Ok(kept.clone()));
                prop_assert_eq!(Name::restore(kept.as_str()), Ok(kept.clone()));
                prop_assert!(kept.as_str().chars().count() <= 100);
            }
        }
    }
}
