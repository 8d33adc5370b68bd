//! The waiting room: what the public may know of it, joining, polling, watching and leaving.

mod event_body;
mod event_id;
mod event_stream;
mod room_body;
mod token_body;

pub(super) use room_body::QueueBody;

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentType};
use seatline_application::queue::{PollError, QueueError, TokenStatus, WatchError};
use seatline_domain::commands::{JoinError, LeaveError};
use seatline_domain::queue::PassError;

use self::event_body::EventBody;
use self::event_id::EventId;
use self::event_stream::EventStream;
use self::token_body::TokenBody;
use crate::call::{Call, no_content};
use crate::operation::{Access, AnswerHeader, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Verb::Get,
            "/api/v1/concerts/{concertId}/queue",
            "showQueue",
            Tag::WaitingRoom,
            show,
        )
        .about("A concert's waiting room", "Public; may be kept for a second.")
        .answers::<QueueBody>(200, "The room's figures.", &[AnswerHeader::CacheControl])
        .errors(&[Code::ConcertNotFound, Code::Unavailable]),
        Operation::new(
            Verb::Post,
            "/api/v1/concerts/{concertId}/queue/tokens",
            "joinQueue",
            Tag::WaitingRoom,
            join,
        )
        .about(
            "Join the waiting room",
            "Takes the next number, or finds the live one that this user already has: asking again never costs the \
             place. With nobody waiting and room to spare the token is `ACTIVE` at once. Takes no body.",
        )
        .access(Access::User)
        .limited(Limited::Joining)
        .answers::<TokenBody>(201, "A new token.", &[AnswerHeader::RetryAfter])
        .answers::<TokenBody>(200, "The live token that the user already has.", &[AnswerHeader::RetryAfter])
        .errors(&[Code::ConcertNotFound, Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/queue/token", "pollQueue", Tag::WaitingRoom, poll)
            .about(
                "Poll your place in line",
                "A token that has ended answers with its final state. Poll again after `pollAfterMs`.",
            )
            .access(Access::InLine)
            .answers::<TokenBody>(200, "Where the user stands.", &[AnswerHeader::RetryAfter])
            .errors(&[Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/queue/token/events", "watchQueue", Tag::WaitingRoom, watch)
            .about(
                "Watch your place in line",
                "Server-sent events: `position` at once and whenever it changes, `active` at admission, `ended` at the \
                 end, then the stream closes. A position never rises. A comment comes every 15 seconds or so. A stream \
                 may close before the end, at the latest after an hour or so: connect again with `Last-Event-ID`, \
                 after `retry` milliseconds. The number of streams is bounded; beyond it the answer is 503 \
                 `unavailable`, and polling still works.",
            )
            .access(Access::InLine)
            .streams::<EventBody>(
                "A sequence of such events, written as `event`, `id`, `retry` and `data` lines.",
                &[AnswerHeader::CacheControl],
            )
            .errors(&[Code::Unavailable]),
        Operation::new(Verb::Delete, "/api/v1/queue/token", "leaveQueue", Tag::WaitingRoom, leave)
            .about(
                "Leave the waiting room",
                "Gives up the place, or the turn with the unpaid hold made in it. Repeatable.",
            )
            .access(Access::InLine)
            .answers_plainly(204, "Left, now or before.", None)
            .errors(&[Code::Unavailable]),
    ]
}

async fn show(call: Call) -> Result<HttpResponse, Problem> {
    let figures = call.seatline().show_queue.execute(call.path_id()?).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "public, max-age=1"));
    Ok(response.json(QueueBody::from(figures)))
}

async fn join(call: Call) -> Result<HttpResponse, Problem> {
    let (user_id, holder) = call.holder().await?;
    let (status, created) = call.seatline().join_queue.execute(user_id, call.path_id()?, holder).await?;
    let response = if created { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(paced(response, status))
}

async fn poll(call: Call) -> Result<HttpResponse, Problem> {
    let token = call.place_in_line().await?;
    let status = call.seatline().poll_queue.execute(token).await?;
    Ok(paced(HttpResponse::Ok(), status))
}

async fn watch(call: Call) -> Result<HttpResponse, Problem> {
    let token = call.place_in_line().await?;
    let last = call.last_event_id().and_then(|text| EventId::parse(text, token.claims.number));
    let subscription = call.seatline().watch_queue.subscribe(token, last).await?;
    Ok(EventStream::new(subscription, &call).respond(call.wants_body()))
}

async fn leave(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let claims = call.queue_claims(user_id)?;
    call.seatline().leave_queue.execute(&claims).await?;
    Ok(no_content())
}

/// Answers with a token; somebody who waits is also told by `Retry-After` when to ask again.
fn paced(mut response: actix_web::HttpResponseBuilder, status: TokenStatus) -> HttpResponse {
    let body = TokenBody::from(status);
    if let Some(seconds) = body.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    response.content_type(ContentType::json()).body(body.written())
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
            WatchError::Full => Self::unavailable()
                .detail("As many people watch the line as this instance can tell. Polling still works."),
            WatchError::Closed => Self::unavailable().detail("This instance is about to stop."),
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
