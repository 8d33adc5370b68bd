use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::digits::grouped;
use crate::language::Language;

/// The texts of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(pub(crate) Language);

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English));
static KOREAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Korean));

const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../texts/en.ftl"),
        Language::Korean => include_str!("../texts/ko.ftl"),
    }
}

fn bundle(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // The page has one direction of writing.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(grouped(&number.value.to_string())),
        _ => None,
    }));
    // What cannot be read is missing; a test says so.
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(read, _)| read);
    bundle.add_resource_overriding(resource);
    bundle
}

impl Words {
    /// A text without arguments.
    pub(crate) fn text(self, id: &str) -> Cow<'static, str> {
        self.format(id, None)
    }

    /// A text with arguments.
    pub(crate) fn with<const N: usize>(self, id: &str, values: [(&str, FluentValue<'_>); N]) -> String {
        let arguments: FluentArgs<'_> = values.into_iter().collect();
        self.format(id, Some(&arguments)).into_owned()
    }

    fn format(self, id: &str, arguments: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let bundle: &'static Bundle = match self.0 {
            Language::English => &ENGLISH,
            Language::Korean => &KOREAN,
        };
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!(id, language = self.0.tag(), "a text is missing");
            return Cow::Owned(id.to_owned());
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id, language = self.0.tag(), ?errors, "a text lacks something");
        }
        Cow::Owned(text.into_owned())
    }
}

#[cfg(test)]
mod tests;
