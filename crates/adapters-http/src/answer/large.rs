use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::client_address::{client_address, key_of};
use crate::connections::Connection;
use crate::extract::{KeyHolder, User};
use crate::problem::Problem;
use crate::state::State;
use crate::unsent::{Client, InPieces, LARGE_BYTES};

/// Hands a large answer out in pieces, within the budget of whoever asked for it. Others are left as they are.
///
/// # Errors
/// 429 or 503 where the budget is used up.
pub(crate) fn within_budget(request: &HttpRequest, answer: HttpResponse) -> Result<HttpResponse, Problem> {
    let BodySize::Sized(bytes) = answer.body().size() else { return Ok(answer) };
    if bytes <= LARGE_BYTES {
        return Ok(answer);
    }
    if request.method() == Method::HEAD {
        return Ok(answer.set_body(BoxBody::new(SizeAlone(bytes))));
    }
    let (answer, body) = answer.into_parts();
    let (body, own) = match body.try_into_bytes() {
        // What is shared, with the program or with other answers, is no memory of this one.
        Ok(bytes) => {
            let own = if bytes.is_unique() { bytes.len() } else { 0 };
            (BoxBody::new(bytes), own)
        }
        Err(body) => (body, 0),
    };
    let sending = State::of(request)?.unsent.begin(client_of(request)?, bytes, own)?;
    if let Some(connection) = request.conn_data::<Arc<Connection>>() {
        connection.send_at_length();
    }
    Ok(answer.set_body(BoxBody::new(InPieces::new(body, sending))))
}

/// The body of an answer to `HEAD`: nothing, and its size.
struct SizeAlone(u64);

impl MessageBody for SizeAlone {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// Whoever asked, as the budget knows them.
pub(super) fn client_of(request: &HttpRequest) -> Result<Client, Problem> {
    if let Some(user) = request.extensions().get::<User>() {
        return Ok(Client::User(user.id));
    }
    if request.extensions().get::<KeyHolder>().is_some() || KeyHolder::is_owner(request)? {
        return Ok(Client::Operator);
    }
    let proxies = &State::of(request)?.settings.trusted_proxies;
    Ok(Client::Address(key_of(client_address(request.peer_addr(), request.headers(), proxies))))
}
