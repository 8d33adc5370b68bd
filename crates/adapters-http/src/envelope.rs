use std::sync::Arc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use tracing::Instrument;

use crate::connections::Connection;
use crate::metrics::RouteMetrics;
use crate::request_id::RequestId;
use crate::security_headers::secure;

/// What every answer gets: the request's id, and what keeps it out of caches, frames and other sites' pages. One event
/// tells how each request ended; it names no token, key or body. Each request is counted once, under its route.
pub(crate) async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (started, request_id) = (Instant::now(), RequestId::assign(request.headers()));
    let method = known_method(request.method());
    request.extensions_mut().insert(request_id.clone());
    let is_last = request.head().connection_type() == ConnectionType::Close;
    let handling = request.conn_data::<Arc<Connection>>().map(|connection| connection.handle(is_last));
    let span = tracing::debug_span!("request", %request_id, method);
    let mut response = next.call(request).instrument(span).await?;
    if let Ok(value) = HeaderValue::from_str(request_id.text()) {
        response.headers_mut().insert(RequestId::HEADER, value);
    }
    secure(response.headers_mut());
    let took = started.elapsed();
    if let Some(route) = response.request().app_data::<RouteMetrics>() {
        route.observe(method, response.status().as_u16(), took);
    }
    tracing::debug!(
        %request_id,
        method,
        route = response.request().match_pattern().as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        latency_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    drop(handling);
    Ok(response)
}

/// The method, unless a client made it up.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}
