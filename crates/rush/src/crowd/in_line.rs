use std::time::Duration;

use hyper::Method;
use serde::Deserialize;

use super::visitor::Visitor;
use super::whims::Moment;
use crate::figures::Outcome;
use crate::promises::{Promise, Told, kept, risen};
use crate::service::{Answer, Kind, header};

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    state: State,
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
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticket<'a> {
    token: &'a str,
    number: u64,
    state: State,
    position: u64,
    poll_after_ms: u64,
}

impl Visitor {
    /// Nobody polls more often than this, whatever they are told.
    const POLL_AFTER_MIN: Duration = Duration::from_millis(100);

    /// Takes a place in line, or comes back to it.
    pub(super) async fn join(&mut self) -> Result<Standing, Outcome> {
        let path = format!("/concerts/{}/queue/tokens", self.rehearsal.sale.concert_id);
        let call = self.call(Kind::Join, Method::POST, path).ticket(None);
        let answer = self.ask(&call).await?;
        let token = self.read::<Ticket<'_>>(&answer)?;
        let promises = &self.rehearsal.promises;
        if let Some(number) = self.number {
            promises.note(Promise::NumberKept, kept(number, token.number));
        } else {
            let broken = promises.line().joined(token.number, self.person);
            promises.note(Promise::NumbersUnique, broken);
        }
        self.ticket = Some(header(token.token).map_err(|error| self.fail(&error.to_string()))?);
        self.number = Some(token.number);
        Ok(self.stand(&token, &answer))
    }

    /// Polls until it is their turn; `false` when they give up first.
    pub(super) async fn wait_in_line(&mut self, mut standing: Standing) -> Result<bool, Outcome> {
        let patience = match self.whims.gives_up {
            Some(Moment::InLine(polls)) => Some(polls),
            _ => None,
        };
        let (mut polls, mut refreshes) = (0, self.whims.refreshes);
        loop {
            match standing.state {
                State::Waiting if patience.is_some_and(|patience| polls >= patience) => {
                    self.leave().await?;
                    return Ok(false);
                }
                State::Waiting => self.pause(standing.poll_after).await?,
                State::Active if refreshes => {}
                State::Active => return Ok(true),
                State::Completed | State::Expired | State::Left => return Err(Outcome::TurnExpired),
            }
            standing = if refreshes { self.join().await? } else { self.poll().await? };
            (polls, refreshes) = (polls.saturating_add(1), false);
        }
    }

    /// Gives the place up.
    pub(super) async fn leave(&mut self) -> Result<(), Outcome> {
        let call = self.call(Kind::Leave, Method::DELETE, "/queue/token");
        let answer = self.ask(&call).await?;
        if answer.is_success() { Ok(()) } else { self.read::<serde::de::IgnoredAny>(&answer).map(drop) }
    }

    async fn poll(&mut self) -> Result<Standing, Outcome> {
        let call = self.call(Kind::Poll, Method::GET, "/queue/token");
        let answer = self.ask(&call).await?;
        let token = self.read::<Ticket<'_>>(&answer)?;
        Ok(self.stand(&token, &answer))
    }

    /// Compares what they are told with what they and others were told before.
    fn stand(&mut self, token: &Ticket<'_>, answer: &Answer) -> Standing {
        let Ticket { number, state, position, .. } = *token;
        let told = Told { number, after: answer.sent, before: answer.received };
        let promises = &self.rehearsal.promises;
        promises.note(Promise::PositionsNeverRise, risen(number, self.position, position));
        match state {
            State::Waiting => {
                let broken = promises.line().told_to_wait(told);
                promises.note(Promise::AdmittedInOrder, broken);
            }
            State::Active => promises.line().told_active(told),
            State::Completed | State::Expired | State::Left => {}
        }
        self.position = position;
        let poll_after = Duration::from_millis(token.poll_after_ms).max(Self::POLL_AFTER_MIN);
        Standing { state, poll_after }
    }
}
