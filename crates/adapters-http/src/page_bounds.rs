//! What goes around pages of another adapter: they are within the same bounds as the API, and kept to the same rates.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use futures::{Stream, StreamExt};
use seatline_domain::id::UserId;

use crate::answer::{EventStream, PiecewiseEvents, within_budget};
use crate::client_address::{client_address, key_of};
use crate::extract::{StreamLimit, StreamShare, count_wrong, refused_streams};
use crate::pages::Pages;
use crate::problem::Problem;
use crate::rate_limits::Limited;
use crate::state::State;

/// Counts a request for a page like one for the API: of its address, or of its user once they are known.
///
/// # Errors
/// The time after which it may be tried again.
pub fn admit(limited: Limited, request: &HttpRequest, user: Option<UserId>) -> Result<(), Duration> {
    let limits = State::of(request).ok().and_then(|state| state.rate_limits.as_ref());
    limits.map_or(Ok(()), |limits| limits.admit(limited, request, user))
}

/// Whether an address may try another operators' key on a page. Counts nothing.
pub fn may_guess(request: &HttpRequest) -> bool {
    let limits = State::of(request).ok().and_then(|state| state.rate_limits.as_ref());
    limits.is_none_or(|limits| limits.may_guess(request))
}

/// Counts a wrong operators' key that was sent to a page, as one that was sent to the API.
///
/// # Errors
/// The time after which it may be tried again.
pub fn count_wrong_key(request: &HttpRequest) -> Result<(), Duration> {
    let admitted = admit(Limited::Operating, request, None);
    count_wrong(request, admitted.is_ok());
    admitted
}

/// Sends a script of a page server-sent events, each in parts, within the bounds of the API's streams: with its
/// heartbeats, for as long, and within the shares of the client's address and of its user.
///
/// # Errors
/// The time after which it may be tried again.
pub fn send_events(
    request: &HttpRequest,
    user: UserId,
    retry_ms: i64,
    first: Vec<Bytes>,
    events: impl Stream<Item = Vec<Bytes>> + Unpin + 'static,
) -> Result<HttpResponse, Duration> {
    let stream = || -> Result<HttpResponse, Problem> {
        let (state, share) = (State::of(request)?, StreamShare::of(request)?);
        let events = PiecewiseEvents::new(first, events.map(Ok), user, &state.unsent)?;
        Ok(EventStream::new(events, retry_ms, share.0, &state.settings.limits).respond_to(request))
    };
    stream().map_err(|_| Duration::from_secs(StreamShare::RETRY_AFTER))
}

/// Counts a stream that a page was refused because all that an instance has were open.
pub fn count_refused_stream() {
    refused_streams(StreamLimit::Instance).increment(1);
}

/// What the network of a client is known by.
pub fn network_of(request: &HttpRequest) -> [u8; 16] {
    let proxies = State::of(request).map(|state| state.settings.trusted_proxies.clone()).unwrap_or_default();
    key_of(client_address(request.peer_addr(), request.headers(), &proxies))
}

/// The page that says that there is none, for browsers that ask for one. Whatever lies below `/api` is the API's.
pub(crate) fn not_found(pages: Option<&Arc<dyn Pages>>, request: &HttpRequest) -> Option<HttpResponse> {
    let pages = pages?;
    let accepts = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let wants_a_page = accepts.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
    });
    let is_page = request.path() != "/api" && !request.path().starts_with("/api/");
    (wants_a_page && is_page).then(|| pages.not_found(request))
}

/// Counts what of a page is not sent yet.
pub(crate) async fn within_bounds(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = next.call(request).await?.into_parts();
    let response = within_budget(&request, response.map_into_boxed_body())?;
    Ok(ServiceResponse::new(request, response))
}
