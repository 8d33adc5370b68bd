use std::error::Error;
use std::sync::Arc;

use actix_web::body::{BodyStream, BoxBody};
use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures::{Stream, StreamExt, stream};

use super::large::client_of;
use crate::connections::Connection;
use crate::problem::Problem;
use crate::state::State;
use crate::unsent::{InPieces, LARGE_BYTES};

/// Answers with what is written while it is sent, of a length that nobody knows beforehand: in pieces, the next when the
/// client has taken the one before. What breaks off is not ended, so that nobody takes it for the whole.
///
/// # Errors
/// 429 or 503 where the budget of whoever asked is used up.
pub(crate) fn streamed(
    request: &HttpRequest,
    answer: &mut HttpResponseBuilder,
    body: impl Stream<Item = Result<Bytes, Box<dyn Error>>> + 'static,
) -> Result<HttpResponse, Problem> {
    if request.method() == Method::HEAD {
        return Ok(answer.streaming(stream::empty::<Result<Bytes, Box<dyn Error>>>()));
    }
    let own = usize::try_from(LARGE_BYTES).unwrap_or(usize::MAX);
    let sending = State::of(request)?.unsent.begin(client_of(request)?, LARGE_BYTES, own)?;
    // While it is written, the connection is no idle one.
    let connection = request.conn_data::<Arc<Connection>>();
    let handling = connection.map(|connection| {
        connection.send_at_length();
        connection.handle(false)
    });
    let body = body.map(move |piece| {
        let _until_the_end = &handling;
        piece
    });
    Ok(answer.body(BoxBody::new(InPieces::new(BoxBody::new(BodyStream::new(Box::pin(body))), sending))))
}
