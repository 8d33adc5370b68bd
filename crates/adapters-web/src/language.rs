/// A language in which the page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, where nobody asks for another.
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Korean, Self::English];

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// Its own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
        }
    }

    /// The language with this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language that an `Accept-Language` header likes best; the first of those that it likes equally.
    pub fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let language = tag.split('-').next().and_then(Self::of_tag);
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1_000), thousandths);
            if let (Some(language), Some(quality @ 1..)) = (language, quality)
                && best.is_none_or(|(_, known)| quality > known)
            {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// A quality such as `0.8`, in thousandths.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, "0"));
    let decimals: u16 = format!("{decimals:0<3}").get(..3)?.parse().ok()?;
    Some((whole.parse::<u16>().ok()?.min(1) * 1_000 + decimals).min(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_taken() {
        for (header, expected) in [
            ("ko-KR,ko;q=0.9,en;q=0.8", Some(Language::Korean)),
            ("en-US,en;q=0.9,ko;q=0.8", Some(Language::English)),
            ("fr, ko;q=0.2, en;q=0.5", Some(Language::English)),
            ("KO", Some(Language::Korean)),
            ("fr-CA,de", None),
            ("en;q=0, ko;q=0.001", Some(Language::Korean)),
            ("*", None),
            ("", None),
            ("en;q=abc", None),
        ] {
            assert_eq!(Language::preferred(header), expected, "{header}");
        }
    }
}
