//! Forms of other sites are refused.
//!
//! A browser says by `Sec-Fetch-Site` from where a request comes, and by `Origin` for older ones and for addresses that it
//! does not trust. What sends neither is no browser that could be led astray.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request that changes something comes from a page of ours, or from no page at all.
pub(crate) fn is_ours(request: &HttpRequest, public_origin: &str) -> bool {
    let header = |name: &HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = header(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = header(&header::ORIGIN) else { return true };
    let host = header(&header::HOST).unwrap_or_default();
    origin == public_origin
        || origin.split_once("://").is_some_and(|(_, named)| !named.is_empty() && named == host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_pages_of_ours_and_no_pages_may_send_forms() {
        let cases: [(&[(&str, &str)], bool); 12] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("origin", "http://localhost:8080"), ("host", "localhost:8080")], true),
            (&[("origin", "https://tickets.example"), ("host", "10.0.0.7:8080")], true),
            (&[("origin", "https://evil.example"), ("host", "localhost:8080")], false),
            (&[("origin", "http://localhost:8081"), ("host", "localhost:8080")], false),
            (&[("origin", "null"), ("host", "localhost:8080")], false),
            (&[("host", "localhost:8080")], true),
        ];
        for (headers, expected) in cases {
            let request =
                headers.iter().fold(TestRequest::post(), |request, one| request.insert_header(*one));
            assert_eq!(
                is_ours(&request.to_http_request(), "https://tickets.example"),
                expected,
                "{headers:?}"
            );
        }
    }
}
