use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};

/// A header that may be there once is there more often.
#[derive(Debug)]
pub(super) struct RepeatedHeader;

/// Reads a header that may be there once.
pub(super) fn single_header<'r>(
    request: &'r HttpRequest,
    name: &HeaderName,
) -> Result<Option<&'r HeaderValue>, RepeatedHeader> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(RepeatedHeader),
        (value, None) => Ok(value),
    }
}
