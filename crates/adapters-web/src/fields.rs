use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::{Payload, UrlEncoded};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::refusal::Refusal;

/// The time in which a form must have arrived.
const DEADLINE: Duration = Duration::from_secs(10);
/// More than any form for buyers has.
pub(crate) const BYTES_MAX: usize = 16 << 10;

/// Reads a form of at most so many bytes.
pub(crate) async fn read<T: DeserializeOwned + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    bytes_max: usize,
) -> Result<T, Refusal> {
    if content_length(request).is_some_and(|bytes| bytes > bytes_max) {
        return Err(Refusal::Malformed);
    }
    let form = timeout(DEADLINE, UrlEncoded::<T>::new(request, payload).limit(bytes_max)).await;
    form.map_err(|_| Refusal::Malformed)?.map_err(|_| Refusal::Malformed)
}

fn content_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(actix_web::http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
