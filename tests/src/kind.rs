use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use uuid::Uuid;

/// The fields of an object: these, all of them, and no others.
pub type Fields = &'static [(&'static str, Kind)];

/// What a value of the contract looks like.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A UUID that Seatline made.
    Id,
    /// A text that is not empty.
    Text,
    /// An instant, in UTC.
    Instant,
    /// A date.
    Date,
    /// A number with at most two decimals, not negative.
    Points,
    /// A number with at most two decimals.
    SignedPoints,
    /// A number.
    Number,
    /// A whole number, not negative.
    Count,
    /// True or false.
    Flag,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Null or this.
    Nullable(&'static Kind),
    /// A list of these.
    List(&'static Kind),
    /// An object with exactly these fields.
    Object(Fields),
    /// One page of a list of these.
    PageOf(&'static Kind),
    /// An object with any fields.
    Facts,
}

impl Kind {
    /// Fails unless the value is of this kind.
    #[track_caller]
    pub fn check(self, value: &Value) {
        if let Some(wrong) = self.wrong(value, "") {
            panic!("{wrong}, in {value}");
        }
    }

    /// What is wrong with a value, and where.
    fn wrong(self, value: &Value, place: &str) -> Option<String> {
        let fits = match self {
            Self::Nullable(kind) => {
                return if value.is_null() { None } else { kind.wrong(value, place) };
            }
            Self::List(kind) => {
                let Some(items) = value.as_array() else { return Some(format!("{place} is not a list")) };
                return items.iter().find_map(|item| kind.wrong(item, &format!("{place}[]")));
            }
            Self::Object(fields) => return wrong_fields(fields, value, place),
            Self::PageOf(kind) => {
                let items = value.get("items").unwrap_or(&Value::Null);
                let names = wrong_names(&["items", "nextCursor"], value, place);
                let cursor = Self::Nullable(&Self::Text);
                return names
                    .or_else(|| Self::List(kind).wrong(items, "items"))
                    .or_else(|| cursor.wrong(value.get("nextCursor").unwrap_or(&Value::Null), "nextCursor"));
            }
            Self::Id => text(value)
                .is_some_and(|text| Uuid::parse_str(text).is_ok_and(|id| id.get_version_num() == 7)),
            Self::Text => text(value).is_some_and(|text| !text.is_empty()),
            Self::Instant => text(value)
                .is_some_and(|text| text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok()),
            Self::Date => {
                text(value).is_some_and(|text| text.len() == 10 && text.parse::<NaiveDate>().is_ok())
            }
            Self::Points => is_points(value) && !value.to_string().starts_with('-'),
            Self::SignedPoints => is_points(value),
            Self::Number => value.is_number(),
            Self::Count => value.is_u64(),
            Self::Flag => value.is_boolean(),
            Self::OneOf(texts) => text(value).is_some_and(|text| texts.contains(&text)),
            Self::Facts => value.is_object(),
        };
        (!fits).then(|| format!("{place} is {value} and not {self:?}"))
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn is_points(value: &Value) -> bool {
    let written = value.to_string();
    let decimals = written.split_once('.').map_or("", |(_, decimals)| decimals);
    value.is_number() && !written.contains('e') && decimals.len() <= 2
}

fn wrong_fields(fields: Fields, value: &Value, place: &str) -> Option<String> {
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    wrong_names(&names, value, place).or_else(|| {
        fields.iter().find_map(|(name, kind)| {
            kind.wrong(value.get(name).unwrap_or(&Value::Null), &format!("{place}.{name}"))
        })
    })
}

fn wrong_names(expected: &[&str], value: &Value, place: &str) -> Option<String> {
    let Some(object) = value.as_object() else { return Some(format!("{place} is not an object")) };
    let missing = expected.iter().find(|name| !object.contains_key(**name));
    let surplus = object.keys().find(|name| !expected.contains(&name.as_str()));
    match (missing, surplus) {
        (Some(name), _) => Some(format!("{place}.{name} is missing")),
        (_, Some(name)) => Some(format!("{place}.{name} is one too many")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: Kind = Kind::Object(&[("id", Kind::Id), ("amount", Kind::Nullable(&Kind::Points))]);

    fn is_wrong(kind: Kind, value: &Value) -> bool {
        kind.wrong(value, "it").is_some()
    }

    #[test]
    fn objects_have_all_their_fields_and_no_others() {
        let id = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";
        assert!(!is_wrong(FIELDS, &json!({"id": id, "amount": 10.25})));
        assert!(!is_wrong(FIELDS, &json!({"id": id, "amount": null})));
        for wrong in [
            json!({"id": id}),
            json!({"id": id, "amount": 1, "more": 1}),
            json!({"id": "019aa0f2-7b1c-4c3e-9d55-0f6a3c1b2d4e", "amount": 1}),
            json!({"id": id, "amount": 10.255}),
            json!({"id": id, "amount": -1}),
            json!({"id": id, "amount": "1"}),
            json!([]),
        ] {
            assert!(is_wrong(FIELDS, &wrong), "{wrong}");
        }
    }

    #[test]
    fn pages_have_items_and_a_cursor() {
        let page = Kind::PageOf(&Kind::Count);
        assert!(!is_wrong(page, &json!({"items": [1, 2], "nextCursor": null})));
        assert!(!is_wrong(page, &json!({"items": [], "nextCursor": "x"})));
        for wrong in [json!({"items": [1]}), json!({"items": [-1], "nextCursor": null}), json!([1])] {
            assert!(is_wrong(page, &wrong), "{wrong}");
        }
    }

    #[test]
    fn instants_are_in_utc_and_dates_are_dates() {
        assert!(!is_wrong(Kind::Instant, &json!("2026-12-24T10:00:00.5Z")));
        assert!(is_wrong(Kind::Instant, &json!("2026-12-24T10:00:00+09:00")));
        assert!(!is_wrong(Kind::Date, &json!("2026-12-24")));
        assert!(is_wrong(Kind::Date, &json!("2026-12-24T10:00:00Z")));
    }
}
