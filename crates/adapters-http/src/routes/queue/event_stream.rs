use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use actix_web::rt::time::{Instant, Interval, interval_at};
use actix_web::web::Bytes;
use futures::{Stream, stream};
use seatline_application::queue::Subscription;

use super::event_body::EventBody;
use crate::call::Call;
use crate::connections::Handling;

/// The body of an answer that goes on telling where somebody stands.
pub(super) struct EventStream {
    subscription: Subscription,
    preface: Option<Bytes>,
    heartbeat: Interval,
    closes_at: Instant,
    /// The connection is not idle for as long as the stream lives.
    _handling: Option<Handling>,
}

impl EventStream {
    /// After how long a client has to connect again, so that one which reads nothing does not stay for ever.
    const AGE_MAX: Duration = Duration::from_hours(1);
    /// Keeps proxies from holding events back.
    const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

    pub(super) fn new(subscription: Subscription, call: &Call) -> Self {
        let (now, every) = (Instant::now(), call.settings().limits.heartbeat);
        Self {
            preface: Some(EventBody::from(subscription.first()).preface()),
            subscription,
            heartbeat: interval_at(now + every, every),
            closes_at: now + Self::AGE_MAX,
            _handling: call.occupy_connection(),
        }
    }

    /// The answer, or only its head.
    pub(super) fn respond(self, whole: bool) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(Self::UNBUFFERED);
        if whole {
            response.streaming(self)
        } else {
            response.streaming(stream::empty::<Result<Bytes, serde_json::Error>>())
        }
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
