use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures::Stream;
use seatline_domain::id::UserId;

/// Server-sent events, each in the parts of which it is made.
pub type Events = Pin<Box<dyn Stream<Item = Vec<Bytes>>>>;

/// Sends events to scripts, within the bounds of the server on which the pages are served.
pub trait EventStreams: Send + Sync {
    /// Sends a user a first event, and others after it. `retry_ms` is said to a browser that loses the stream.
    ///
    /// # Errors
    /// The time after which it may be tried again.
    fn send(
        &self,
        request: &HttpRequest,
        user: UserId,
        retry_ms: i64,
        first: Vec<Bytes>,
        events: Events,
    ) -> Result<HttpResponse, Duration>;

    /// Counts a stream for which there was no place.
    fn refused(&self);
}
