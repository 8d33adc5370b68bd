use std::time::Instant;

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;

use crate::metrics::RouteMetrics;
use crate::request_id::RequestId;

/// One line of the log and one observation of the metrics a request. Neither names a token, a key or a body.
pub(super) struct AccessLog {
    started: Instant,
    pub(super) method: &'static str,
}

impl AccessLog {
    pub(super) fn begin(method: &Method) -> Self {
        Self { started: Instant::now(), method: known_method(method) }
    }

    /// Tells how a request ended, and counts it under its route.
    pub(super) fn end<B>(self, response: &ServiceResponse<B>, request_id: &RequestId) {
        let (took, status) = (self.started.elapsed(), response.status().as_u16());
        if let Some(route) = response.request().app_data::<RouteMetrics>() {
            route.observe(self.method, status, took);
        }
        tracing::debug!(
            %request_id,
            method = self.method,
            route = response.request().match_pattern().as_deref().unwrap_or("none"),
            status,
            latency_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    }
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
