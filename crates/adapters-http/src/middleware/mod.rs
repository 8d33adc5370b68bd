//! Middleware: everything that goes around handlers.
//!
//! [`finish`] is one middleware rather than five: each layer costs every poll two allocations.

mod access_log;
mod address_limit;
mod cors;

pub(crate) use access_log::{RouteMetrics, describe_metrics};
pub(crate) use address_limit::limit_address;
pub(crate) use cors::cors;

use std::sync::Arc;

use actix_cors::CorsError;
use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Version};
use actix_web::middleware::Next;
use tracing::Instrument;

use self::access_log::AccessLog;
use crate::answer_headers::add_headers;
use crate::connections::{Connection, Handling};
use crate::problem::Problem;
use crate::request_id::RequestId;

/// Finishes every answer: the request's id, the body of a problem, and the headers that keep it out of caches, frames and
/// other sites' pages. Logs and counts each request once. Takes note that its connection is not idle.
pub(crate) async fn finish<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let request_id = RequestId::assign(request.headers());
    let log = AccessLog::begin(request.method());
    let is_last = request.head().connection_type() == ConnectionType::Close;
    let mut handling = request.conn_data::<Arc<Connection>>().map(|connection| connection.handle(is_last));
    let span = tracing::debug_span!(
        "request",
        %request_id,
        method = log.method,
        route = tracing::field::Empty,
        status = tracing::field::Empty,
        otel.name = tracing::field::Empty,
        otel.kind = "server",
        otel.status_code = tracing::field::Empty
    );
    if !span.is_disabled() {
        let route = request.match_pattern().unwrap_or_else(|| RouteMetrics::UNMATCHED.into());
        span.record("otel.name", format!("{} {route}", log.method)).record("route", route);
    }
    let answered = next.call(request).instrument(span.clone()).await?;
    let mut response = with_problem(answered, &request_id);
    add_headers(response.headers_mut(), &request_id);
    if response.request().version() < Version::HTTP_11
        && response.response().body().size() == BodySize::Stream
    {
        end_by_closing(&mut response);
        handling.iter_mut().for_each(Handling::make_last);
    }
    log.end(&response, &request_id, &span);
    drop(handling);
    Ok(response)
}

/// Ends an answer of unknown length by closing the connection: a client of HTTP/1.0 knows no chunks, whether or not it
/// wants the connection kept.
fn end_by_closing<B>(response: &mut ServiceResponse<B>) {
    let head = response.response_mut().head_mut();
    head.no_chunking(true);
    head.set_connection_type(ConnectionType::Close);
}

/// Writes the body of a problem, which names the request.
fn with_problem<B>(response: ServiceResponse<B>, request_id: &RequestId) -> ServiceResponse<EitherBody<B>> {
    let Some(error) = response.response().error() else {
        return response.map_body(|_, body| EitherBody::left(body));
    };
    if let Some(problem) = error.as_error::<Problem>() {
        let body = problem.body(request_id);
        return response.map_body(|_, _| EitherBody::right(BoxBody::new(body)));
    }
    if error.as_error::<CorsError>().is_some() {
        let refused = cors::refused();
        let body = refused.body(request_id);
        let answer =
            actix_web::HttpResponse::from_error(refused).set_body(EitherBody::right(BoxBody::new(body)));
        return response.into_response(answer);
    }
    response.map_body(|_, body| EitherBody::left(body))
}
