use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_domain::idempotency::IdempotencyKey;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::visit::Visit;

/// What somebody typed into a form, and what is wrong with it.
#[derive(Default)]
pub(super) struct Typed {
    pairs: Vec<(String, String)>,
    wrong: BTreeMap<String, String>,
}

impl Typed {
    /// More than a hall of the most rows takes.
    const BYTES_MAX: usize = 256 << 10;
    const KEY: &str = "key";

    /// Nothing was typed yet.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// What was sent.
    pub(super) async fn of(visit: &Visit) -> Result<Self, Refusal> {
        let pairs = visit.fields_within(Self::BYTES_MAX).await?;
        Ok(Self { pairs, wrong: BTreeMap::new() })
    }

    /// What was typed into a field; `None` where it was not there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What was typed into a field; nothing where it was not there.
    pub(super) fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// What was typed into all fields of a name, in their order.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Adds an empty field of each name.
    pub(super) fn add(&mut self, names: &[&str]) {
        self.pairs.extend(names.iter().map(|name| ((*name).to_owned(), String::new())));
    }

    /// Takes one of the fields of each name out.
    pub(super) fn remove(&mut self, names: &[&str], index: usize) {
        for name in names {
            let mut places = self.pairs.iter().enumerate().filter(|(_, (known, _))| known == name);
            if let Some((place, _)) = places.nth(index) {
                self.pairs.remove(place);
            }
        }
    }

    /// Notes what is wrong with a field, unless something is already.
    pub(super) fn refuse(&mut self, name: impl Into<String>, why: impl Into<String>) {
        self.wrong.entry(name.into()).or_insert_with(|| why.into());
    }

    /// Takes what was read of a field, or notes what is wrong with it.
    pub(super) fn take<T>(&mut self, name: impl Into<String>, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.refuse(name, why)).ok()
    }

    /// What is wrong with a field.
    pub(super) fn wrong(&self, name: &str) -> Option<String> {
        self.wrong.get(name).cloned()
    }

    pub(super) fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The key that makes this form harmless when it is sent twice. The same form with something else typed is another
    /// request.
    pub(super) fn idempotency_key(&self) -> Result<IdempotencyKey, Refusal> {
        let mut typed = Sha256::new();
        for (name, value) in self.pairs.iter().filter(|(name, _)| name != Self::KEY) {
            let mut pair = String::new();
            let _ = write!(pair, "{} {name}{} {value}", name.len(), value.len());
            typed.update(pair);
        }
        let typed = BASE64_URL_SAFE_NO_PAD.encode(typed.finalize());
        let key = self.get(Self::KEY).ok_or(Refusal::Malformed)?;
        IdempotencyKey::parse(&format!("{key} {typed}")).map_err(|_| Refusal::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Typed { pairs, wrong: BTreeMap::new() }
    }

    #[test]
    fn another_request_is_another_key() {
        let key = |pairs: &[(&str, &str)]| typed(pairs).idempotency_key().unwrap();
        let one = key(&[("key", "k"), ("a", "1"), ("b", "2")]);
        assert_eq!(one, key(&[("a", "1"), ("key", "k"), ("b", "2")]));
        for other in [
            key(&[("key", "l"), ("a", "1"), ("b", "2")]),
            key(&[("key", "k"), ("a", "1"), ("b", "3")]),
            key(&[("key", "k"), ("a", "1b2")]),
        ] {
            assert_ne!(one, other);
        }
        assert!(typed(&[("a", "1")]).idempotency_key().is_err());
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_told() {
        let mut typed = typed(&[("a", "1"), ("a", "2")]);
        assert_eq!((typed.value("a"), typed.value("b"), typed.all("a")), ("1", "", vec!["1", "2"]));
        assert!(typed.is_good());
        assert_eq!(typed.take::<()>("a", Err("one".into())), None);
        typed.refuse("a", "two");
        assert_eq!((typed.wrong("a"), typed.is_good()), (Some("one".to_owned()), false));
    }
}
