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

use crate::address_shares::AddressShare;
use crate::connections::{Connection, Handling};
use crate::settings::HttpLimits;

/// An answer of server-sent events, as they are written. Comments between them find out who has gone.
pub(crate) struct EventStream<E> {
    events: E,
    preface: Option<Bytes>,
    heartbeat: Interval,
    closes_at: Instant,
    /// Keeps the connection from counting as idle.
    handling: Option<Handling>,
    /// Held for as long as the stream is.
    _share: Option<AddressShare>,
}

impl<E> EventStream<E> {
    /// A comment, which says only that the stream is alive.
    const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");
    /// Keeps proxies from holding events back.
    const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

    /// Sends these events, after saying in how many milliseconds to connect again whether or not there are any.
    pub(crate) fn new(events: E, retry_ms: i64, share: Option<AddressShare>, limits: &HttpLimits) -> Self {
        let (now, heartbeat) = (Instant::now(), limits.heartbeat);
        Self {
            events,
            preface: Some(format!("retry: {retry_ms}\n\n").into()),
            heartbeat: interval_at(now + heartbeat, heartbeat),
            closes_at: now + limits.stream_age_max,
            handling: None,
            _share: share,
        }
    }
}

impl<E: Stream<Item = serde_json::Result<Bytes>> + Unpin + 'static> Responder for EventStream<E> {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(Self::UNBUFFERED);
        if request.method() == Method::HEAD {
            return response.streaming(stream::empty::<serde_json::Result<Bytes>>());
        }
        self.handling = request.conn_data::<Arc<Connection>>().map(|connection| connection.handle(false));
        response.streaming(self)
    }
}

impl<E: Stream<Item = serde_json::Result<Bytes>> + Unpin> Stream for EventStream<E> {
    type Item = serde_json::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(preface) = this.preface.take() {
            return Poll::Ready(Some(Ok(preface)));
        }
        if let Poll::Ready(next) = Pin::new(&mut this.events).poll_next(context) {
            return Poll::Ready(next);
        }
        match this.heartbeat.poll_tick(context) {
            Poll::Ready(now) if now >= this.closes_at => Poll::Ready(None),
            Poll::Ready(_) => Poll::Ready(Some(Ok(Self::HEARTBEAT))),
            Poll::Pending => Poll::Pending,
        }
    }
}
