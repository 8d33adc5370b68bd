use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use super::behaviour::Behaviour;
use crate::metrics::{Outcome, Stage};
use crate::points::Points;
use crate::promises::{BoardPosition, PolledPosition, Promise, compare_answers};
use crate::rehearsal::Rehearsal;
use crate::service::{Answer, Call, CallError, Kind, header};

/// One person who comes for a seat. The steps of a visit return its outcome as an error when they end it early.
pub(super) struct Visitor {
    pub(super) rehearsal: Arc<Rehearsal>,
    pub(super) person: u32,
    pub(super) behaviour: Behaviour,
    pub(super) random: SmallRng,
    pub(super) stage: Stage,
    pub(super) bearer: Option<HeaderValue>,
    pub(super) queue_token: Option<HeaderValue>,
    pub(super) number: Option<u64>,
    pub(super) position: u64,
    /// The last board that they reckoned their position by.
    pub(super) board: Option<BoardPosition>,
    /// The last poll after it.
    pub(super) polled: Option<PolledPosition>,
    pub(super) charged: Points,
    /// The instant at which the next request is intended to be sent.
    intended: Instant,
    idempotency_keys: u32,
}

impl Visitor {
    /// The wait before a retry where the answer names none.
    const RETRY_AFTER: Duration = Duration::from_secs(1);
    /// Timers go off at the next millisecond: this is not the service's delay.
    const TIMER_STEP: Duration = Duration::from_millis(1);

    /// A person at the beginning of their visit.
    pub(super) fn new(rehearsal: Arc<Rehearsal>, person: u32, arrival: Instant) -> Self {
        let (behaviour, random) = Behaviour::draw(rehearsal.seed, person, &rehearsal.habits);
        Self {
            rehearsal,
            person,
            behaviour,
            random,
            stage: Stage::Arriving,
            bearer: None,
            queue_token: None,
            number: None,
            position: u64::MAX,
            board: None,
            polled: None,
            charged: Points::default(),
            intended: arrival,
            idempotency_keys: 0,
        }
    }

    /// The same person at another counter at the same time, where they make the same kinds of calls.
    pub(super) fn beside(&mut self) -> Self {
        Self {
            rehearsal: Arc::clone(&self.rehearsal),
            random: SmallRng::seed_from_u64(self.random.random()),
            bearer: self.bearer.clone(),
            queue_token: self.queue_token.clone(),
            ..*self
        }
    }

    pub(super) fn proceed(&mut self, to: Stage) {
        self.rehearsal.people.proceed(self.stage, to);
        self.stage = to;
    }

    /// A call by this person.
    pub(super) fn call(&self, kind: Kind, method: Method, path: impl Into<String>) -> Call {
        Call::new(kind, method, path).bearer(self.bearer.clone()).queue_token(self.queue_token.clone())
    }

    /// A key that nobody has used before.
    pub(super) fn new_idempotency_key(&mut self) -> Result<HeaderValue, Outcome> {
        self.idempotency_keys += 1;
        let key = format!("{:x}-{}-{}", self.rehearsal.seed, self.person, self.idempotency_keys);
        header(&key).map_err(|error| self.fail(&error.to_string()))
    }

    /// Sends a call until the answer is not to retry later, as late as `Retry-After` says.
    pub(super) async fn send(&mut self, call: &Call) -> Result<Answer, Outcome> {
        loop {
            let wait = match self.rehearsal.send(call, self.intended).await {
                Ok(answer) if answer.is_busy() => answer.retry_after.unwrap_or(Self::RETRY_AFTER),
                Ok(answer) => {
                    self.intended = Instant::now();
                    return Ok(answer);
                }
                Err(CallError::Closed) => return Err(Outcome::Unfinished),
                Err(_) => Self::RETRY_AFTER,
            };
            // Jitter: not all at the same instant again.
            let jitter = self.random.random_range(1.0..1.25);
            self.pause(wait.mul_f64(jitter)).await?;
        }
    }

    /// Sends a call and, if `duplicate`, once more by the same key, as a client does that believes the answer lost.
    pub(super) async fn send_maybe_twice(&mut self, call: &Call, duplicate: bool) -> Result<Answer, Outcome> {
        let first = self.send(call).await?;
        if duplicate
            && first.is_success()
            && let Ok(again) = self.send(call).await
        {
            self.rehearsal.promises.note(Promise::SameKeySameAnswer, compare_answers(&first, &again));
        }
        Ok(first)
    }

    /// Waits, unless the rehearsal stops first.
    pub(super) async fn pause(&mut self, time: Duration) -> Result<(), Outcome> {
        let due = Instant::now() + time;
        let sleep = pin!(sleep_until(due));
        self.rehearsal.stop.run_until_cancelled(sleep).await.ok_or(Outcome::Unfinished)?;
        self.intended = Instant::now().min(due + Self::TIMER_STEP);
        Ok(())
    }

    /// Parses an answer, or says how the visit ends for a refusal.
    pub(super) fn read<'a, T: Deserialize<'a>>(&self, answer: &'a Answer) -> Result<T, Outcome> {
        answer.read().map_err(|error| match answer.problem().code.as_str() {
            "queue_token_expired" | "hold_expired" => Outcome::TurnExpired,
            "sold_out" => Outcome::SoldOut,
            _ => self.fail(&format!("{error:#}")),
        })
    }

    /// Notes why the visit failed.
    pub(super) fn fail(&self, why: &str) -> Outcome {
        self.rehearsal.note_failure(format!("person {}: {why}", self.person));
        Outcome::Failed
    }
}
