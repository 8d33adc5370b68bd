//! What a stream of events asks of its request.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::HeaderName;

use super::Call;
use crate::connections::{Connection, Handling};

impl Call {
    const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

    /// The event after which a client goes on. One that cannot be read is as good as none.
    pub(crate) fn last_event_id(&self) -> Option<&str> {
        self.single_header(&Self::LAST_EVENT_ID).ok()??.to_str().ok()
    }

    /// Whether the client asked for more than the head of the answer.
    pub(crate) fn wants_body(&self) -> bool {
        self.request.method() != Method::HEAD
    }

    /// Keeps the connection from being taken for idle until the result is dropped, after the answer has begun.
    pub(crate) fn occupy_connection(&self) -> Option<Handling> {
        self.request.conn_data::<Arc<Connection>>().map(|connection| connection.handle(false))
    }
}
