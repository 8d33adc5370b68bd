//! Content negotiation by the `Accept` header.

use actix_web::http::header::{self, HeaderMap};

/// Whether the `Accept` headers allow one of these media types. None at all, or an empty one, allows everything.
pub(crate) fn accepts(headers: &HeaderMap, media_types: &[&'static str]) -> bool {
    let mut ranges = Vec::new();
    for value in headers.get_all(header::ACCEPT) {
        let Ok(text) = value.to_str() else { return false };
        ranges.extend(text.split(',').map(str::trim).filter(|range| !range.is_empty()).map(Range::parse));
    }
    ranges.is_empty() || media_types.iter().any(|media_type| allows(&ranges, media_type))
}

/// Whether the `Accept` headers prefer one media type to another: by its quality, and where that is the same, by how exactly
/// it is named. No header prefers anything.
pub(crate) fn prefers(headers: &HeaderMap, one: &str, other: &str) -> bool {
    let ranges: Vec<_> = headers
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(',').map(str::trim).filter(|range| !range.is_empty()).map(Range::parse))
        .collect();
    let preference = |media_type| {
        let fitting = ranges.iter().filter_map(|range| Some((range.specificity(media_type)?, range)));
        let (specificity, range) = fitting.max_by_key(|(specificity, _)| *specificity)?;
        range.wanted.then_some((range.quality, specificity))
    };
    match (preference(one), preference(other)) {
        (Some(one), Some(other)) => one > other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The most specific range that fits decides.
fn allows(ranges: &[Range<'_>], media_type: &str) -> bool {
    let fitting = ranges.iter().filter_map(|range| Some((range.specificity(media_type)?, range.wanted)));
    fitting.max().is_some_and(|(_, wanted)| wanted)
}

struct Range<'h> {
    media_type: &'h str,
    wanted: bool,
    /// From 0 to 1.
    quality: f32,
}

impl<'h> Range<'h> {
    fn parse(text: &'h str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let quality = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        });
        let number =
            quality.and_then(|quality| quality.parse().ok()).filter(|number| (0.0..=1.0).contains(number));
        Self { media_type, wanted: !quality.is_some_and(is_zero), quality: number.unwrap_or(1.0) }
    }

    fn specificity(&self, media_type: &str) -> Option<u8> {
        if self.media_type.eq_ignore_ascii_case(media_type) {
            return Some(2);
        }
        match self.media_type.split_once('/')? {
            ("*", "*") => Some(0),
            (class, "*") if media_type.split('/').next()?.eq_ignore_ascii_case(class) => Some(1),
            _ => None,
        }
    }
}

fn is_zero(quality: &str) -> bool {
    quality.starts_with('0') && quality.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn accepted(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        }
        accepts(&headers, &["application/json", "application/problem+json"])
    }

    #[test]
    fn what_is_named_more_exactly_or_with_more_quality_is_preferred() {
        let csv_preferred = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.append(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            prefers(&headers, "text/csv", "application/json")
        };
        for csv in
            ["text/csv", "text/*", "text/csv, */*;q=0.1", "text/csv, */*", "application/json;q=0.5, text/csv"]
        {
            assert!(csv_preferred(csv), "{csv}");
        }
        for json in [
            "",
            "*/*",
            "application/json",
            "text/csv, application/json",
            "text/csv;q=0",
            "text/csv;q=0.4, */*",
        ] {
            assert!(!csv_preferred(json), "{json}");
        }
        assert!(!prefers(&HeaderMap::new(), "text/csv", "application/json"));
    }

    #[test]
    fn json_must_be_allowed() {
        for good in [
            &[][..],
            &[""],
            &["*/*"],
            &["application/*"],
            &["application/json"],
            &["Application/JSON; charset=utf-8"],
            &["text/html, application/problem+json;q=0.1"],
            &["text/html", "*/*;q=0.8"],
            &["application/json;q=0, */*"],
        ] {
            assert!(accepted(good), "{good:?}");
        }
        for bad in [
            &["text/html"][..],
            &["application/xml, text/*"],
            &["application/json;q=0"],
            &["*/*;q=0.0"],
            &["*/*;q=0, text/html"],
            &["chunk#;e"],
        ] {
            assert!(!accepted(bad), "{bad:?}");
        }
    }
}
