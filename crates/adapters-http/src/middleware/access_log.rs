use std::cell::RefCell;
use std::time::{Duration, Instant};

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};
use tracing::Span;

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
    pub(super) fn end<B>(self, response: &ServiceResponse<B>, request_id: &RequestId, span: &Span) {
        let (took, status) = (self.started.elapsed(), response.status().as_u16());
        if let Some(route) = response.request().app_data::<RouteMetrics>() {
            route.observe(self.method, status, took);
        }
        if !span.is_disabled() {
            span.record("status", status);
            if status >= 500 {
                span.record("otel.status_code", "ERROR");
            }
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

const REQUESTS: &str = "seatline_http_requests_total";
const DURATION: &str = "seatline_http_request_duration_seconds";

/// Says what is measured.
pub(crate) fn describe_metrics() {
    describe_counter!(REQUESTS, Unit::Count, "Requests answered.");
    describe_histogram!(DURATION, Unit::Seconds, "From a request's head to its answer's head.");
}

/// Counts the requests of one route on one thread. Each series is looked up once, so that a request costs two atomic
/// additions and no text.
pub(crate) struct RouteMetrics {
    route: String,
    methods: RefCell<Vec<MethodMetrics>>,
}

struct MethodMetrics {
    method: &'static str,
    duration: Histogram,
    statuses: Vec<(u16, Counter)>,
}

impl RouteMetrics {
    /// The route of requests that match none.
    pub(crate) const UNMATCHED: &str = "unmatched";

    /// A route's, by its pattern.
    pub(crate) fn of(route: impl Into<String>) -> Self {
        Self { route: route.into(), methods: RefCell::default() }
    }

    /// Takes note of a request that was answered. The method is one of a fixed set.
    pub(crate) fn observe(&self, method: &'static str, status: u16, took: Duration) {
        let mut methods = self.methods.borrow_mut();
        if let Some(known) = methods.iter_mut().find(|known| known.method == method) {
            return known.observe(&self.route, status, took);
        }
        let duration = histogram!(DURATION, "method" => method, "route" => self.route.clone());
        let mut new = MethodMetrics { method, duration, statuses: Vec::new() };
        new.observe(&self.route, status, took);
        methods.push(new);
    }
}

impl MethodMetrics {
    fn observe(&mut self, route: &str, status: u16, took: Duration) {
        self.duration.record(took);
        if let Some((_, known)) = self.statuses.iter().find(|(known, _)| *known == status) {
            return known.increment(1);
        }
        let new = counter!(REQUESTS, "method" => self.method, "route" => route.to_owned(), "status" => status.to_string());
        new.increment(1);
        self.statuses.push((status, new));
    }
}
