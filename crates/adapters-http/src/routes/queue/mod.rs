//! The waiting room: what the public may know of it, joining, polling, watching and leaving.

mod event_body;
mod event_id;
mod room_body;
mod token_answer;
mod token_body;

pub(super) use room_body::QueueBody;

use actix_web::http::header;
use actix_web::web::{Bytes, Json};
use actix_web::{CustomizeResponder, Responder};
use futures::{Stream, StreamExt};
use seatline_application::queue::{PollError, QueueError, WatchError};
use seatline_domain::commands::{JoinError, LeaveError};
use seatline_domain::id::ConcertId;
use seatline_domain::idempotency::Answer;
use seatline_domain::queue::PassError;

use self::event_body::EventBody;
use self::event_id::EventId;
use self::token_answer::TokenAnswer;
use self::token_body::TokenBody;
use crate::answer::{EventStream, NoContent};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InLine, LastEventId, LimitedUser, OptionalKey, Path, StreamShare, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_queue).errors(&[Code::ConcertNotFound, Code::Unavailable]),
        endpoint!(join_queue).limited(Limited::Joining).errors(&[
            Code::ConcertNotFound,
            Code::SoldOut,
            Code::Unavailable,
        ]),
        endpoint!(poll_queue).never_coded().errors(&[Code::Unavailable]),
        endpoint!(watch_queue).streams_events().errors(&[Code::Unavailable]),
        endpoint!(leave_queue).errors(&[Code::Unavailable]),
    ]
}

/// Show a concert's waiting room
///
/// Public; may be a second old, and kept for another.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/queue", operation_id = "showQueue", tag = "Waiting room",
    responses((status = 200, description = "The room's figures.", body = QueueBody, headers(("Cache-Control")))),
)]
async fn show_queue(
    concert: Path<ConcertId>,
    app: State,
) -> Result<CustomizeResponder<Json<QueueBody>>, Problem> {
    let figures = app.seatline.show_queue.execute(concert.0).await?;
    Ok(Json(QueueBody::from(figures)).customize().insert_header((header::CACHE_CONTROL, "public, max-age=1")))
}

/// Join the waiting room
///
/// Takes the next number, or finds the live one that this user already has: asking again never costs the place. With
/// nobody waiting and room to spare the token is `ACTIVE` at once; come back until `showUpBy`, lest the turn ends. Where
/// nothing is left there is no line: `sold_out`. By its key a late retry puts nobody back in line who has left since. Takes
/// no body.
#[utoipa::path(
    post, path = "/api/v1/concerts/{concertId}/queue/tokens", operation_id = "joinQueue", tag = "Waiting room",
    responses(
        (status = 201, description = "A new token.", body = TokenBody,
         headers(("Retry-After"), ("Idempotency-Replayed"))),
        (status = 200, description = "The live token that the user already has.", body = TokenBody,
         headers(("Retry-After"), ("Idempotency-Replayed"))),
    ),
)]
async fn join_queue(
    LimitedUser(user): LimitedUser,
    concert: Path<ConcertId>,
    key: OptionalKey,
    app: State,
) -> Result<TokenAnswer, Problem> {
    Ok(TokenAnswer(app.seatline.join_queue.execute(user.id, concert.0, user.holder, key.0).await?))
}

/// Poll your place in line
///
/// A token that has ended answers with its final state: `ENDED` for those who still waited when nothing was left. So it
/// does for weeks after the last performance of its concert, and is `queue_token_invalid` from then on. Poll again after
/// `pollAfterMs`.
#[utoipa::path(get, path = "/api/v1/queue/token", operation_id = "pollQueue", tag = "Waiting room", responses(
    (status = 200, description = "The user's place in line.", body = TokenBody, headers(("Retry-After"))),
))]
async fn poll_queue(place: InLine, app: State) -> Result<TokenAnswer, Problem> {
    let status = app.seatline.poll_queue.execute(place.0).await?;
    Ok(TokenAnswer(Answer::existing(status)))
}

/// Watch your place in line
///
/// Server-sent events: `position` at once, whenever it changes, and when the room is paused or opened, `active` at
/// admission, `ended` at the end, then the stream closes. A position never rises. A comment comes every 15 seconds or so.
/// A stream may close before the end, at the latest after an hour or so: connect again with `Last-Event-ID`, after `retry`
/// milliseconds. The number of streams is bounded; beyond it the answer is 503 `unavailable`, or 429 `rate_limited` where
/// the address has too many, and polling still works.
#[utoipa::path(get, path = "/api/v1/queue/token/events", operation_id = "watchQueue", tag = "Waiting room", responses(
    (status = 200, description = "A sequence of such events, written as `event`, `id`, `retry` and `data` lines.",
     body = EventBody, content_type = "text/event-stream", headers(("Cache-Control"))),
))]
async fn watch_queue(
    place: InLine,
    last: LastEventId,
    share: StreamShare,
    app: State,
) -> Result<EventStream<impl Stream<Item = serde_json::Result<Bytes>> + Unpin + 'static>, Problem> {
    let last = last.0.and_then(|text| EventId::parse(&text, place.0.claims.number));
    let subscription = app.seatline.watch_queue.subscribe(place.0, last).await?;
    let retry_ms = EventBody::from(subscription.first()).retry_ms();
    let events = subscription.map(|status| EventBody::from(status).written());
    Ok(EventStream::new(events, retry_ms, share.0, &app.settings.limits))
}

/// Leave the waiting room
///
/// Gives up the place, or the turn with the unpaid hold made in it. Repeatable.
#[utoipa::path(delete, path = "/api/v1/queue/token", operation_id = "leaveQueue", tag = "Waiting room", responses(
    (status = 204, description = "Left, now or before."),
))]
async fn leave_queue(_: User, place: InLine, app: State) -> Result<NoContent, Problem> {
    app.seatline.leave_queue.execute(&place.0.claims).await?;
    Ok(NoContent)
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            QueueError::Storage(error) => error.into(),
        }
    }
}

impl From<JoinError> for Problem {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            JoinError::SoldOut => Self::new(Code::SoldOut),
            JoinError::Over { .. } => Self::new(Code::InternalError).because(&error),
            JoinError::KeyReused(reused) => reused.into(),
            JoinError::Storage(error) => error.into(),
        }
    }
}

impl From<PollError> for Problem {
    fn from(error: PollError) -> Self {
        match error {
            PollError::Unknown => Self::new(Code::QueueTokenInvalid),
            PollError::Storage(error) => error.into(),
        }
    }
}

impl From<WatchError> for Problem {
    fn from(error: WatchError) -> Self {
        match error {
            WatchError::Unknown => Self::new(Code::QueueTokenInvalid),
            WatchError::Refused(refusal) => refusal.into(),
            WatchError::Storage(error) => error.into(),
        }
    }
}

impl From<LeaveError> for Problem {
    fn from(error: LeaveError) -> Self {
        match error {
            LeaveError::Pass(PassError::Mismatch) => Self::new(Code::QueueTokenMismatch),
            LeaveError::Pass(PassError::Unknown) => Self::new(Code::QueueTokenInvalid),
            LeaveError::Storage(error) => error.into(),
        }
    }
}
