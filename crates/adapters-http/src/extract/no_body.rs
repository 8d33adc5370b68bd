use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::rt::time::timeout;
use futures::StreamExt;

use crate::connections::Connection;
use crate::problem::Problem;
use crate::state::State;

/// Refuses a body where none belongs, by its first byte: what it says would be ignored, against the will of whoever sent
/// it. An empty one is none, whatever its type is said to be.
///
/// # Errors
/// 400 when there is one.
pub(crate) async fn refuse_body(request: &HttpRequest, payload: &mut Payload) -> Result<(), Problem> {
    if matches!(payload, Payload::None) {
        return Ok(());
    }
    let unwanted = || Problem::malformed("This operation takes no body.");
    let declared = request.headers().get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
    if declared.is_some_and(|length| length.iter().any(|digit| *digit != b'0')) {
        return Err(unwanted());
    }
    let body_deadline = State::of(request)?.settings.limits.body_deadline;
    let _reading = request.conn_data::<Arc<Connection>>().map(Connection::read_body);
    let first_byte = timeout(body_deadline, async {
        while let Some(chunk) = payload.next().await {
            match chunk {
                Ok(chunk) if chunk.is_empty() => {}
                Ok(_) => return Err(unwanted()),
                Err(_) => return Err(broken_body(request)),
            }
        }
        Ok(())
    });
    first_byte.await.unwrap_or_else(|_| Err(Problem::malformed("The body did not arrive in time.")))
}

/// A body that ends in the middle, or is framed so that nobody knows where it ends. Whatever comes after it on its
/// connection cannot be understood either.
pub(super) fn broken_body(request: &HttpRequest) -> Problem {
    if let Some(connection) = request.conn_data::<Arc<Connection>>() {
        connection.end();
        if connection.makes_room() {
            return Problem::unavailable().detail(
                "The connection had to make room for others before the body was there. Nothing was done.",
            );
        }
    }
    Problem::malformed("The body did not arrive whole.")
}
