use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::behaviour::GivesUp;
use super::board;
use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::promises::{
    Observation, PolledPosition, Promise, check_number_kept, check_poll_after_board, check_position,
};
use crate::service::{Answer, Kind, header};

/// The shortest time between two polls, whatever the service says.
const POLL_AFTER_MIN: Duration = Duration::from_millis(100);

/// The state of somebody's pass, and when to ask for it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueueStatus {
    state: State,
    ahead: u64,
    poll_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum State {
    Waiting,
    Active,
    Completed,
    Expired,
    Left,
    Ended,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueTokenBody<'a> {
    token: &'a str,
    number: u64,
    state: State,
    position: u64,
    poll_after_ms: u64,
}

/// Joins the queue, or comes back to it.
pub(super) async fn join(visitor: &mut Visitor) -> Result<QueueStatus, Outcome> {
    let path = format!("/concerts/{}/queue/tokens", visitor.rehearsal.sale.concert.id);
    let call = visitor.call(Kind::Join, Method::POST, path).queue_token(None);
    let answer = visitor.send(&call).await?;
    let body = visitor.read::<QueueTokenBody<'_>>(&answer)?;
    let promises = &visitor.rehearsal.promises;
    if let Some(number) = visitor.number {
        promises.note(Promise::NumberKept, check_number_kept(number, body.number));
    } else {
        let violation = promises.queue().joined(body.number, visitor.person);
        promises.note(Promise::NumbersUnique, violation);
    }
    visitor.queue_token = Some(header(body.token).map_err(|error| visitor.fail(&error.to_string()))?);
    visitor.number = Some(body.number);
    Ok(observe(visitor, &body, &answer))
}

/// Polls, or reads the announced board while they are far back, until they are admitted; `false` when they give up first.
pub(super) async fn wait(visitor: &mut Visitor, mut status: QueueStatus) -> Result<bool, Outcome> {
    let polls_max = match visitor.behaviour.gives_up {
        Some(GivesUp::InQueue(polls)) => Some(polls),
        _ => None,
    };
    let (mut polls, mut rejoins) = (0, visitor.behaviour.rejoins);
    loop {
        match status.state {
            State::Waiting if polls_max.is_some_and(|most| polls >= most) => {
                leave(visitor).await?;
                return Ok(false);
            }
            State::Waiting => visitor.pause(status.poll_after).await?,
            State::Active if rejoins => {}
            State::Active => return Ok(true),
            State::Ended => return Err(Outcome::SoldOut),
            State::Completed | State::Expired | State::Left => return Err(Outcome::TurnExpired),
        }
        status = if rejoins { join(visitor).await? } else { look(visitor, status).await? };
        (polls, rejoins) = (polls.saturating_add(1), false);
    }
}

/// Leaves the queue.
pub(super) async fn leave(visitor: &mut Visitor) -> Result<(), Outcome> {
    let call = visitor.call(Kind::Leave, Method::DELETE, "/queue/token");
    let answer = visitor.send(&call).await?;
    if answer.is_success() { Ok(()) } else { visitor.read::<IgnoredAny>(&answer).map(drop) }
}

/// Looks again where they are: at the board while they are far back, and by a poll otherwise.
async fn look(visitor: &mut Visitor, status: QueueStatus) -> Result<QueueStatus, Outcome> {
    let habits = &visitor.rehearsal.habits;
    let is_far = habits.board && status.state == State::Waiting && status.ahead >= habits.near;
    let Some(number) = visitor.number.filter(|_| is_far) else { return poll(visitor).await };
    let compares = habits.compare;
    match board::read(visitor, number).await? {
        Some(ahead) if !compares.happens(&mut visitor.random) => {
            Ok(QueueStatus { ahead, poll_after: board::read_after(ahead), ..status })
        }
        _ => poll(visitor).await,
    }
}

async fn poll(visitor: &mut Visitor) -> Result<QueueStatus, Outcome> {
    let call = visitor.call(Kind::Poll, Method::GET, "/queue/token");
    let answer = visitor.send(&call).await?;
    let body = visitor.read::<QueueTokenBody<'_>>(&answer)?;
    Ok(observe(visitor, &body, &answer))
}

/// Compares an answer with what they and others were told before.
fn observe(visitor: &mut Visitor, body: &QueueTokenBody<'_>, answer: &Answer) -> QueueStatus {
    let QueueTokenBody { number, state, position, .. } = *body;
    let observation = Observation { number, sent: answer.sent, received: answer.received };
    let promises = &visitor.rehearsal.promises;
    promises.note(Promise::PositionsNeverRise, check_position(number, visitor.position, position));
    let ahead = position.saturating_sub(1);
    if let Some(board) = visitor.board {
        promises.note(Promise::BoardAgrees, check_poll_after_board(number, &board, ahead));
        visitor.polled =
            (state == State::Waiting).then_some(PolledPosition { ahead, received: answer.received, board });
    }
    match state {
        State::Waiting => {
            let violation = promises.queue().check_waiting(observation);
            promises.note(Promise::AdmittedInOrder, violation);
        }
        State::Active => promises.queue().admitted(observation),
        State::Completed | State::Expired | State::Left | State::Ended => {}
    }
    visitor.position = position;
    let poll_after = Duration::from_millis(body.poll_after_ms).max(POLL_AFTER_MIN);
    QueueStatus { state, ahead, poll_after }
}
