use std::borrow::Cow;

use crate::assets;
use crate::language::Language;
use crate::notice::Notice;
use crate::words::Words;

/// What every page has around it.
pub(crate) struct Frame {
    pub(crate) words: Words,
    /// The path to come back to, from the switch of languages.
    pub(crate) back: String,
    /// What is to be said about what was tried just now.
    pub(crate) notice: Option<Notice>,
}

impl Frame {
    pub(crate) fn say(&self, id: &str) -> Cow<'static, str> {
        self.words.text(id)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(crate) fn asset(&self, name: &str) -> &'static str {
        assets::path_of(name)
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.words.0.tag()
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(crate) fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(crate) fn is_chosen(&self, language: &Language) -> bool {
        self.words.0 == *language
    }

    pub(crate) fn notice_text(&self) -> Option<Cow<'static, str>> {
        self.notice.map(|notice| self.words.text(notice.text_id()))
    }

    pub(crate) fn notice_is_good(&self) -> bool {
        self.notice.is_some_and(Notice::is_good)
    }
}
