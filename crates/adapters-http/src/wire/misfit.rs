//! What is wrong with well-formed JSON that has another shape than was asked for, in words of ours only.

use std::borrow::Cow;
use std::fmt::Write;

use serde_path_to_error::{Path, Segment};

use super::{amount, id, instant};

/// A field that is missing, unknown or of the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The field, such as `sections[0].price`; where it is unknown, the object that has it. `None` for the whole body.
    pub(crate) field: Option<String>,
    /// What is wrong with it.
    pub(crate) detail: Cow<'static, str>,
}

/// What serde expects, in words for people. Nothing else of its messages is shown, since they repeat what was sent.
const EXPECTED: &[(&str, &str)] = &[
    ("a string", "a string"),
    ("a borrowed string", "a string"),
    ("a boolean", "true or false"),
    ("i64", "a whole number"),
    ("f64", "a number"),
    ("an object", "an object"),
    ("a sequence", "a list"),
    (id::EXPECTED, id::EXPECTED),
    (instant::EXPECTED_DATE, instant::EXPECTED_DATE),
    (instant::EXPECTED_INSTANT, instant::EXPECTED_INSTANT),
    (amount::EXPECTED, amount::EXPECTED),
];

impl Misfit {
    /// Reads an error of deserializing.
    pub(super) fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let message = error.inner().to_string();
        let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
        if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            // The name is that of a field of ours; what was sent does not have it.
            let object = place(error.path(), 0).map(|object| object + ".").unwrap_or_default();
            let field = object + name;
            return Self { detail: format!("The field {field} is missing.").into(), field: Some(field) };
        }
        if message.starts_with("unknown field `") {
            // The path ends with the unknown name.
            let object = place(error.path(), 1);
            let whole =
                object.as_deref().map_or_else(|| "The body".to_owned(), |name| format!("The field {name}"));
            let known = known_fields(message);
            return Self {
                field: object,
                detail: format!("{whole} has an unknown field. Known are {known}.").into(),
            };
        }
        let expected = message.rsplit_once("expected ").map(|(_, expected)| expected);
        let expected = expected.and_then(|text| EXPECTED.iter().find(|(words, _)| *words == text));
        let expected = expected.map_or("something else", |(_, words)| words);
        match place(error.path(), 0) {
            Some(field) => Self {
                detail: format!("The field {field} is of the wrong type: it must be {expected}.").into(),
                field: Some(field),
            },
            None => Self { field: None, detail: "The body must be a JSON object.".into() },
        }
    }
}

/// The place of an error in the body, less its last parts. All names before the last are those of known fields, or the
/// error would not lie in them.
fn place(path: &Path, less: usize) -> Option<String> {
    let mut place = String::new();
    for segment in path.iter().take(path.iter().count().saturating_sub(less)) {
        match segment {
            Segment::Seq { index } => {
                let _ = write!(place, "[{index}]");
            }
            Segment::Map { key } => {
                let dot = if place.is_empty() { "" } else { "." };
                let _ = write!(place, "{dot}{key}");
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    (!place.is_empty()).then_some(place)
}

/// The known fields, as serde lists them behind the unknown one.
fn known_fields(message: &str) -> String {
    let listed = message.rsplit_once(", expected ").map_or("none", |(_, listed)| listed);
    listed.strip_prefix("one of ").unwrap_or(listed).replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::super::{AmountText, DateText, IdText, InstantText, Object, Unreadable, read_json};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    struct Body {
        id: IdText,
        price: Option<AmountText>,
        date: Option<DateText>,
        starts_at: Option<InstantText>,
        sections: Option<Vec<Object<Section>>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    struct Section {
        name: String,
        first_seat: i64,
    }

    #[track_caller]
    fn assert_misfit(json: &str, field: Option<&str>, detail: &str) {
        match read_json::<Body>(json.as_bytes()) {
            Err(Unreadable::WrongShape(misfit)) => {
                assert_eq!((misfit.field.as_deref(), &*misfit.detail), (field, detail), "{json}");
            }
            other => panic!("{json}: {other:?}"),
        }
    }

    const ID: &str = r#""id":"019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e""#;

    #[test]
    fn a_missing_field_is_named() {
        assert_misfit("{}", Some("id"), "The field id is missing.");
        let inner = format!(r#"{{{ID},"sections":[{{"name":"a","firstSeat":1}},{{"name":"a"}}]}}"#);
        assert_misfit(&inner, Some("sections[1].firstSeat"), "The field sections[1].firstSeat is missing.");
    }

    #[test]
    fn an_unknown_field_is_not_repeated() {
        for name in ["evil", "x`, expected `y", "", "a.b[0]", "missing field `id`"] {
            let outer = format!(r#"{{{ID},"{name}":1}}"#);
            let known = "id, price, date, startsAt, sections";
            assert_misfit(&outer, None, &format!("The body has an unknown field. Known are {known}."));
            let inner = format!(r#"{{{ID},"sections":[{{"{name}":{{"name":1}}}}]}}"#);
            let detail = "The field sections[0] has an unknown field. Known are name or firstSeat.";
            assert_misfit(&inner, Some("sections[0]"), detail);
        }
    }

    #[test]
    fn a_wrong_type_is_named_with_the_right_one() {
        let wrong = |field: &str, value: &str, expected: &str| {
            let detail = format!("The field {field} is of the wrong type: it must be {expected}.");
            let id = if field == "id" { "" } else { &format!("{ID},") };
            assert_misfit(&format!(r#"{{{id}"{field}":{value}}}"#), Some(field), &detail);
        };
        wrong("id", "7", "a string");
        wrong("id", "\"expected i64\"", "a UUID of 36 characters");
        wrong("price", "true", "a number or a decimal string");
        wrong("date", "\"24.12.2026\"", "a date of the form YYYY-MM-DD");
        wrong("startsAt", "\"now\"", "an instant in RFC 3339, such as 2026-12-24T19:00:00+09:00");
        wrong("sections", "{}", "a list");
        for value in ["\"a, expected b\"", "1.5", "9223372036854775808", "null", "[]"] {
            let json = format!(r#"{{{ID},"sections":[{{"name":"a","firstSeat":{value}}}]}}"#);
            let field = "sections[0].firstSeat";
            let detail = format!("The field {field} is of the wrong type: it must be a whole number.");
            assert_misfit(&json, Some(field), &detail);
        }
        let list = format!(r#"{{{ID},"sections":[[]]}}"#);
        let detail = "The field sections[0] is of the wrong type: it must be an object.";
        assert_misfit(&list, Some("sections[0]"), detail);
    }

    #[test]
    fn a_body_is_an_object() {
        for json in ["[]", "7", "null", "\"{}\""] {
            assert_misfit(json, None, "The body must be a JSON object.");
        }
    }
}
