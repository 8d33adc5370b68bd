use askama::Template;

use super::typed::Typed;
use crate::words::Words;

/// A field of a form, with its label and what is wrong with it.
#[derive(Template)]
#[template(path = "console/field.html")]
pub(super) struct Field {
    id: String,
    name: String,
    label: String,
    value: String,
    kind: Kind,
    hint: Option<String>,
    wrong: Option<String>,
    required: bool,
}

/// What is typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A whole number.
    Number,
    /// An amount.
    Amount,
    /// A day and a time of it.
    Moment,
    /// Several lines.
    Lines,
}

impl Field {
    /// A field that must be filled in, with what was typed or, if nothing was, what is there.
    pub(super) fn new(words: Words, typed: &Typed, name: &str, label: &str, there: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            label: words.text(label).into_owned(),
            value: typed.get(name).unwrap_or(there).to_owned(),
            kind: Kind::Text,
            hint: None,
            wrong: typed.wrong(name),
            required: true,
        }
    }

    /// One of several fields of this name.
    pub(super) fn one_of(mut self, index: usize, typed: &Typed) -> Self {
        self.id = format!("{}-{index}", self.name);
        self.value = typed.all(&self.name).get(index).copied().unwrap_or_default().to_owned();
        self.wrong = typed.wrong(&self.id);
        self
    }

    pub(super) fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(super) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    /// What else describes it, by ids.
    fn described_by(&self) -> String {
        let hint = self.hint.iter().map(|_| format!("{}-hint", self.id));
        let wrong = self.wrong.iter().map(|_| format!("{}-wrong", self.id));
        hint.chain(wrong).collect::<Vec<_>>().join(" ")
    }
}
