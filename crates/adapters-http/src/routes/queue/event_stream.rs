use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::BoxBody;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::rt::time::{Instant, Interval, interval_at};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures::{Stream, stream};
use seatline_application::queue::Subscription;

use super::event_body::EventBody;
use crate::address_shares::AddressShare;
use crate::connections::{Connection, Handling};
use crate::settings::HttpLimits;

/// Body of an answer that goes on telling a place in line.
pub(super) struct EventStream {
    subscription: Subscription,
    preface: Option<Bytes>,
    heartbeat: Interval,
    closes_at: Instant,
    /// Keeps the connection from counting as idle.
    handling: Option<Handling>,
    /// Held for as long as the stream is.
    _share: Option<AddressShare>,
}

impl EventStream {
    /// Keeps proxies from holding events back.
    const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

    pub(super) fn new(subscription: Subscription, share: Option<AddressShare>, limits: &HttpLimits) -> Self {
        let (now, heartbeat) = (Instant::now(), limits.heartbeat);
        Self {
            preface: Some(EventBody::from(subscription.first()).preface()),
            subscription,
            heartbeat: interval_at(now + heartbeat, heartbeat),
            closes_at: now + limits.stream_age_max,
            handling: None,
            _share: share,
        }
    }
}

impl Responder for EventStream {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(Self::UNBUFFERED);
        if request.method() == Method::HEAD {
            return response.streaming(stream::empty::<Result<Bytes, serde_json::Error>>());
        }
        self.handling = request.conn_data::<Arc<Connection>>().map(|connection| connection.handle(false));
        response.streaming(self)
    }
}

impl Stream for EventStream {
    type Item = Result<Bytes, serde_json::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(preface) = this.preface.take() {
            return Poll::Ready(Some(Ok(preface)));
        }
        if let Poll::Ready(next) = Pin::new(&mut this.subscription).poll_next(context) {
            return Poll::Ready(next.map(|status| EventBody::from(status).written()));
        }
        match this.heartbeat.poll_tick(context) {
            Poll::Ready(now) if now >= this.closes_at => Poll::Ready(None),
            Poll::Ready(_) => Poll::Ready(Some(Ok(EventBody::HEARTBEAT))),
            Poll::Pending => Poll::Pending,
        }
    }
}
