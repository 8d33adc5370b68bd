use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::refusal::Refusal;

/// The time in which a form must have arrived.
const DEADLINE: Duration = Duration::from_secs(10);
/// More than any form of ours has.
const BYTES_MAX: usize = 16 << 10;

/// Reads a form.
pub(crate) async fn read<T: DeserializeOwned + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<T, Refusal> {
    if content_length(request).is_some_and(|bytes| bytes > BYTES_MAX) {
        return Err(Refusal::Malformed);
    }
    let form = timeout(DEADLINE, web::Form::<T>::from_request(request, payload)).await;
    form.map_err(|_| Refusal::Malformed)?.map(web::Form::into_inner).map_err(|_| Refusal::Malformed)
}

fn content_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(actix_web::http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
