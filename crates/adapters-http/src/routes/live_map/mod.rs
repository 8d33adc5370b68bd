//! Live maps: what changes of a performance's seats, for those whose turn it is.

mod event_body;

use actix_web::web::Bytes;
use futures::{Stream, StreamExt};
use seatline_application::seats::{SeatEvent, WatchSeatsError};
use seatline_domain::id::PerformanceId;

use self::event_body::SeatEventBody;
use crate::answer::{EventStream, PiecewiseEvents};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, LastEventId, LimitedUser, Path, StreamShare};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(watch_seats)
            .streams_events()
            .limited(Limited::Seats)
            .errors(&[Code::PerformanceNotFound, Code::Unavailable]),
    ]
}

/// Watch the seats of a performance
///
/// Server-sent events: `seats`, with every seat that is not free as a reading finds them that begins after the stream was
/// asked for: at once, or within a second or so where others watch; then `changes`, at most twice a second, with
/// the seats that have changed; `ended` at the end of the turn, then the stream closes. Ranges are pairs of the first and
/// the last number. A comment comes every 15 seconds or so. A stream may close before the end, at the latest after an
/// hour or so, or when its client does not read: connect again with `Last-Event-ID`, after `retry` milliseconds, and
/// `seats` comes unless nothing has changed. The number of streams is bounded, together with those of the waiting room;
/// beyond it the answer is 503 `unavailable`, or 429 `rate_limited` where the address has too many.
#[utoipa::path(
    get, path = "/api/v1/performances/{performanceId}/seats/events", operation_id = "watchSeats", tag = "Seats",
    responses((
        status = 200, description = "A sequence of such events, written as `event`, `id`, `retry` and `data` lines.",
        body = SeatEventBody, content_type = "text/event-stream", headers(("Cache-Control")),
    )),
)]
async fn watch_seats(
    LimitedUser(user): LimitedUser,
    performance: Path<PerformanceId>,
    turn: InTurn,
    last: LastEventId,
    share: StreamShare,
    app: State,
) -> Result<EventStream<impl Stream<Item = serde_json::Result<Bytes>> + Unpin + 'static>, Problem> {
    let known = last.0.and_then(|id| id.parse().ok());
    let mut subscription = app.seatline.watch_seats.subscribe(&turn.0, performance.0, known).await?;
    let first = subscription.take_first().map(|news| SeatEventBody::written(SeatEvent::Seats(news)));
    let first = first.transpose().map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    let rest = subscription.map(SeatEventBody::written);
    let events = PiecewiseEvents::new(first.unwrap_or_default(), rest, user.id, &app.unsent)?;
    Ok(EventStream::new(events, SeatEventBody::RETRY_MS, share.0, &app.settings.limits))
}

impl From<WatchSeatsError> for Problem {
    fn from(error: WatchSeatsError) -> Self {
        match error {
            WatchSeatsError::Seats(error) => error.into(),
            WatchSeatsError::Refused(refusal) => refusal.into(),
        }
    }
}
