use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use hyper::header::HeaderValue;
use rand::RngExt;
use rand::rngs::SmallRng;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::whims::Whims;
use crate::figures::{Outcome, Stage};
use crate::points::Points;
use crate::promises::{Promise, differ};
use crate::rehearsal::Rehearsal;
use crate::service::{Answer, Call, Kind, Lost, bearer, header};

/// Somebody who comes for a seat. What ends a visit early is the error of its steps.
pub(super) struct Visitor {
    pub(super) rehearsal: Arc<Rehearsal>,
    pub(super) person: u32,
    pub(super) whims: Whims,
    pub(super) dice: SmallRng,
    /// Since when they want to do what they do next.
    wanted: Instant,
    at: Stage,
    pub(super) bearer: Option<HeaderValue>,
    pub(super) ticket: Option<HeaderValue>,
    pub(super) number: Option<u64>,
    pub(super) position: u64,
    pub(super) charged: Points,
    keys: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered<'a> {
    access_token: &'a str,
}

#[derive(Debug, Deserialize)]
struct Charged {
    balance: Points,
}

impl Visitor {
    /// The most that is charged at once.
    const CHARGE_MAX: Points = Points::whole(10_000_000);
    /// How long somebody waits who was not told how long.
    const PAUSE: Duration = Duration::from_secs(1);
    /// Timers go off at the next millisecond: this is not the service's delay.
    const TIMER_STEP: Duration = Duration::from_millis(1);

    /// Somebody who came at this instant.
    pub(super) fn new(rehearsal: Arc<Rehearsal>, person: u32, wanted: Instant) -> Self {
        let (whims, dice) = Whims::of(rehearsal.seed, person, &rehearsal.habits);
        rehearsal.people.arrive();
        Self {
            rehearsal,
            person,
            whims,
            dice,
            wanted,
            at: Stage::Arriving,
            bearer: None,
            ticket: None,
            number: None,
            position: u64::MAX,
            charged: Points::default(),
            keys: 0,
        }
    }

    /// From the door to the ticket.
    pub(super) async fn visit(&mut self) {
        let outcome = match self.journey().await {
            Ok(outcome) | Err(outcome) => outcome,
        };
        self.rehearsal.people.end(self.at, outcome);
    }

    async fn journey(&mut self) -> Result<Outcome, Outcome> {
        self.register().await?;
        self.charge().await?;
        let standing = self.join().await?;
        self.proceed(Stage::Waiting);
        if !self.wait_in_line(standing).await? {
            return Ok(Outcome::GaveUp);
        }
        self.proceed(Stage::Choosing);
        // Few are at the seats at a time: the many who wait need no room for it.
        Box::pin(self.shop()).await
    }

    async fn register(&mut self) -> Result<(), Outcome> {
        let call = Call::new(Kind::Register, Method::POST, "/users");
        let answer = self.ask(&call.json(&json!({"name": format!("Visitor {}", self.person)}))).await?;
        let Registered { access_token } = self.read(&answer)?;
        self.bearer = Some(bearer(access_token).map_err(|error| self.fail(&error.to_string()))?);
        Ok(())
    }

    /// Charges what the dearest seat costs, and some more, so that something must be left.
    async fn charge(&mut self) -> Result<(), Outcome> {
        let mut missing = self.rehearsal.sale.price + Points::hundredths(self.dice.random_range(1..10_000));
        let mut repeats = self.whims.repeats.charge;
        while missing.is_positive() {
            let amount = missing.min(Self::CHARGE_MAX);
            let call = self.call(Kind::Charge, Method::POST, "/points/charges").key(self.new_key()?);
            let answer = self.ask_twice(&call.json(&json!({"amount": amount})), repeats).await?;
            let Charged { balance } = self.read(&answer)?;
            self.charged += amount;
            let (person, charged) = (self.person, self.charged);
            let broken = || format!("person {person} charged {charged} and has {balance}");
            self.rehearsal.promises.note(Promise::MoneyExact, (balance != charged).then(broken));
            (missing, repeats) = (missing - amount, false);
        }
        Ok(())
    }

    fn proceed(&mut self, to: Stage) {
        self.rehearsal.people.proceed(self.at, to);
        self.at = to;
    }

    /// A call by this person.
    pub(super) fn call(&self, kind: Kind, method: Method, path: impl Into<String>) -> Call {
        Call::new(kind, method, path).bearer(self.bearer.clone()).ticket(self.ticket.clone())
    }

    /// A key that nobody has used before.
    pub(super) fn new_key(&mut self) -> Result<HeaderValue, Outcome> {
        self.keys += 1;
        let key = format!("{:x}-{}-{}", self.rehearsal.seed, self.person, self.keys);
        header(&key).map_err(|error| self.fail(&error.to_string()))
    }

    /// Asks until the service takes the time, as often and as late as it says.
    pub(super) async fn ask(&mut self, call: &Call) -> Result<Answer, Outcome> {
        loop {
            let rehearsal = &self.rehearsal;
            let pause = match rehearsal.service.measure(call, self.wanted, &rehearsal.figures).await {
                Ok(answer) if answer.is_busy() => answer.retry_after.unwrap_or(Self::PAUSE),
                Ok(answer) => {
                    self.wanted = Instant::now();
                    return Ok(answer);
                }
                Err(Lost::Closed) => return Err(Outcome::Unfinished),
                Err(_) => Self::PAUSE,
            };
            // Not all at the same instant again.
            let spread = self.dice.random_range(1.0..1.25);
            self.pause(pause.mul_f64(spread)).await?;
        }
    }

    /// The same, and once more by the same key, as somebody does who believes that the answer was lost.
    pub(super) async fn ask_twice(&mut self, call: &Call, twice: bool) -> Result<Answer, Outcome> {
        let first = self.ask(call).await?;
        if twice
            && first.is_success()
            && let Ok(again) = self.ask(call).await
        {
            self.rehearsal.promises.note(Promise::SameKeySameAnswer, differ(&first, &again));
        }
        Ok(first)
    }

    /// Waits, unless the rehearsal is over first.
    pub(super) async fn pause(&mut self, time: Duration) -> Result<(), Outcome> {
        let due = Instant::now() + time;
        let sleep = pin!(sleep_until(due));
        self.rehearsal.over.run_until_cancelled(sleep).await.ok_or(Outcome::Unfinished)?;
        self.wanted = Instant::now().min(due + Self::TIMER_STEP);
        Ok(())
    }

    /// What an answer says, or how the visit ends for what it says.
    pub(super) fn read<'a, T: Deserialize<'a>>(&self, answer: &'a Answer) -> Result<T, Outcome> {
        answer.read().map_err(|error| self.refused(answer, &error))
    }

    fn refused(&self, answer: &Answer, error: &anyhow::Error) -> Outcome {
        match answer.problem().code.as_str() {
            "queue_token_expired" | "hold_expired" => Outcome::TurnExpired,
            _ => self.fail(&format!("{error:#}")),
        }
    }

    /// Somebody failed: says why.
    pub(super) fn fail(&self, why: &str) -> Outcome {
        self.rehearsal.failed(format!("person {}: {why}", self.person));
        Outcome::Failed
    }
}
