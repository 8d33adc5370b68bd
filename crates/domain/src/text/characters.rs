//! What characters are, by their Unicode properties.

use std::iter::Peekable;
use std::str::Chars;

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, PrependedConcatenationMark,
};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};

const CATEGORY: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::new();
const COMBINING_CLASS: CodePointMapDataBorrowed<'static, CanonicalCombiningClass> = CodePointMapData::new();
const IGNORABLE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();
/// Signs of the category of format characters that are seen, such as those around Arabic numbers.
const SEEN_FORMAT: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<PrependedConcatenationMark>();

/// The zero-width non-joiner and the zero-width joiner.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// What the flags of England, Scotland and Wales begin with. Tags and their end follow.
const TAGGED_FLAG: char = '\u{1f3f4}';
const END_OF_TAGS: char = '\u{e007f}';

/// Whether a character looks like a space, or like none at all while it takes room, whatever its category is: besides
/// white space the empty pattern of Braille, the fillers of Hangul and the null notehead.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{1d159}')
}

/// Whether a character is shown as nothing where it is not supported, such as joiners, fillers and variation selectors.
pub(super) fn is_ignorable(character: char) -> bool {
    IGNORABLE.contains(character)
}

/// Whether a character is seen by itself. A mark is not: it needs something to be on.
pub(super) fn is_visible(character: char) -> bool {
    !is_blank(character) && !is_ignorable(character) && !is_mark(character) && is_allowed(character)
}

/// Whether every character of a text may be there: none that breaks a line, controls, formats, or has no meaning that all
/// agree on. Of those that format, two kinds are what a text is spelt with: joiners in a word, and tags in a flag.
pub(super) fn are_allowed(text: &str) -> bool {
    let mut rest = text.chars().peekable();
    let mut last = Last::default();
    while let Some(character) = rest.next() {
        let allowed = if JOINERS.contains(&character) {
            let joined = rest.peek().is_some_and(|next| is_visible(*next) || is_mark(*next));
            last.is_visible && (joined || last.is_virama)
        } else if character == TAGGED_FLAG {
            take_tags(&mut rest)
        } else {
            is_allowed(character)
        };
        if !allowed {
            return false;
        }
        last = last.then(character);
    }
    true
}

/// What stands before a character.
#[derive(Default)]
struct Last {
    /// Something visible, with the marks on it.
    is_visible: bool,
    /// The sign that joins Indic consonants.
    is_virama: bool,
}

impl Last {
    fn then(self, character: char) -> Self {
        Self {
            is_visible: is_visible(character) || (self.is_visible && is_mark(character)),
            is_virama: COMBINING_CLASS.get(character) == CanonicalCombiningClass::Virama,
        }
    }
}

fn is_allowed(character: char) -> bool {
    match CATEGORY.get(character) {
        GeneralCategory::Control
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned => false,
        GeneralCategory::Format => SEEN_FORMAT.contains(character),
        _ => true,
    }
}

/// Accents and the like, variation selectors among them.
fn is_mark(character: char) -> bool {
    matches!(CATEGORY.get(character), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// Takes the tags after a flag. False when they do not end.
fn take_tags(rest: &mut Peekable<Chars<'_>>) -> bool {
    let mut tagged = false;
    while rest.next_if(|next| ('\u{e0020}'..END_OF_TAGS).contains(next)).is_some() {
        tagged = true;
    }
    !tagged || rest.next_if_eq(&END_OF_TAGS).is_some()
}
