use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Misfit, Object};

/// Error of reading a body that is not the JSON that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is not well-formed JSON in UTF-8, is nested too deep, repeats a key, or has a NUL character.
    NotJson,
    /// A field is missing, unknown or of the wrong type.
    WrongShape(Misfit),
}

/// Reads one JSON object, whole and strictly.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotJson)?;
    serde_json::from_str::<ValidJson>(text).map_err(|_| Unreadable::NotJson)?;
    let object = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
    object.map(|Object(value)| value).map_err(|error| Unreadable::WrongShape(Misfit::of(&error)))
}

/// Whether this beginning of a body nests deeper than any that is read.
pub(crate) fn nests_too_deep(beginning: &[u8]) -> bool {
    // The parser's kinds of errors do not tell this one from others.
    let too_deep = |error: serde_json::Error| error.to_string().starts_with("recursion limit exceeded");
    serde_json::from_slice::<ValidJson>(beginning).is_err_and(too_deep)
}

/// Any JSON value in which no object has a key twice and no string has a NUL character, which PostgreSQL refuses.
/// The parser itself bounds how deep values nest.
struct ValidJson;

impl<'de> Deserialize<'de> for ValidJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValidJsonVisitor)
    }
}

struct ValidJsonVisitor;

fn without_nul<E: Error>(text: &str) -> Result<ValidJson, E> {
    if text.contains('\0') { Err(E::custom("a NUL character")) } else { Ok(ValidJson) }
}

impl<'de> Visitor<'de> for ValidJsonVisitor {
    type Value = ValidJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<ValidJson, E> {
        Ok(ValidJson)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<ValidJson, E> {
        Ok(ValidJson)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<ValidJson, E> {
        Ok(ValidJson)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<ValidJson, E> {
        Ok(ValidJson)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<ValidJson, E> {
        Ok(ValidJson)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ValidJson, E> {
        without_nul(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ValidJson, A::Error> {
        while items.next_element::<ValidJson>()?.is_some() {}
        Ok(ValidJson)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<ValidJson, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            without_nul::<A::Error>(&key)?;
            if !keys.insert(key) {
                return Err(A::Error::custom("a repeated key"));
            }
            fields.next_value_seed(ValidJsonSeed)?;
        }
        Ok(ValidJson)
    }
}

struct ValidJsonSeed;

impl<'de> DeserializeSeed<'de> for ValidJsonSeed {
    type Value = ValidJson;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ValidJson, D::Error> {
        ValidJson::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: Option<String>,
        inner: Option<Object<Inner>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        number: i64,
    }

    fn read(json: &str) -> Result<Body, Unreadable> {
        read_json(json.as_bytes())
    }

    #[test]
    fn objects_are_read_whole() {
        let body = Body { name: Some("Ada".into()), inner: Some(Object(Inner { number: 7 })) };
        assert_eq!(read(r#" {"name":"Ada","inner":{"number":7}} "#), Ok(body));
        assert_eq!(read(r#"{"name":null}"#), Ok(Body { name: None, inner: None }));
    }

    #[test]
    fn what_is_not_valid_json_is_refused() {
        let deep = "[".repeat(200_000);
        for bad in [
            "",
            "{",
            r#"{"name":"Ada""#,
            r#"{"name":"Ada"} x"#,
            r#"{"name":"Ada"}{}"#,
            r#"{"name":"a","name":"b"}"#,
            r#"{"inner":{"number":1,"number":1}}"#,
            r#"{"name":"a\u0000b"}"#,
            r#"{"a\u0000b":1}"#,
            r#"{"name":"\ud800"}"#,
            r#"{"name":"\udc00\ud800"}"#,
            "{\"name\":\"a\nb\"}",
            "{'name':'a'}",
            r#"{"name":NaN}"#,
            &deep,
            &format!("{{\"name\":{deep}"),
        ] {
            assert_eq!(read(bad), Err(Unreadable::NotJson), "{}", &bad[..bad.len().min(60)]);
        }
        assert_eq!(read_json::<Body>(b"{\"name\":\"\xff\"}"), Err(Unreadable::NotJson));
        assert_eq!(read_json::<Body>(b"\xef\xbb\xbf{}"), Err(Unreadable::NotJson), "no byte order mark");
    }

    #[test]
    fn what_has_another_shape_is_refused() {
        for bad in [
            "[]",
            r#"["Ada",{"number":7}]"#,
            "null",
            "7",
            "\"{}\"",
            r#"{"name":7}"#,
            r#"{"inner":[7]}"#,
            r#"{"inner":{"number":7,"more":1}}"#,
            r#"{"inner":{}}"#,
            r#"{"inner":{"number":1.5}}"#,
            r#"{"inner":{"number":"7"}}"#,
            r#"{"inner":{"number":9223372036854775808}}"#,
            r#"{"userId":"x"}"#,
        ] {
            assert!(matches!(read(bad), Err(Unreadable::WrongShape(_))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_json::<Body>(&body);
        }
    }
}
