use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::fleet::Fleet;
use crate::client::{Client, Request};
use crate::history::{Deed, Entry, History, Outcome};
use crate::person::Person;
use crate::sale::Sale;

/// Somebody who comes to the sale again and again.
pub(super) struct Customer {
    pub(super) dice: StdRng,
    fleet: Fleet,
    pub(super) sales: Vec<Sale>,
    history: History,
    over: Arc<AtomicBool>,
    /// Who they are, once they have an account.
    pub(super) person: Option<Person>,
    serial: u64,
    seed: u64,
}

impl Customer {
    /// How long somebody insists once the service is well again.
    const PATIENCE: Duration = Duration::from_mins(1);

    pub(super) fn new(
        seed: u64,
        fleet: Fleet,
        sales: Vec<Sale>,
        history: History,
        over: Arc<AtomicBool>,
    ) -> Self {
        let dice = StdRng::seed_from_u64(seed);
        Self { dice, fleet, sales, history, over, person: None, serial: 0, seed }
    }

    /// Does so until it is over.
    pub(super) async fn shop(mut self) {
        while !self.is_over() {
            if self.person.is_none() && !self.register().await {
                continue;
            }
            self.visit().await;
            self.pause(10).await;
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether something happens that happens to so many in a hundred.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_ratio(percent, 100)
    }

    /// Waits a little, at most this long.
    pub(super) async fn pause(&mut self, millis_max: u64) {
        sleep(Duration::from_millis(self.dice.random_range(1..=millis_max))).await;
    }

    /// A key that nobody has used before.
    pub(super) fn new_key(&mut self) -> String {
        self.serial += 1;
        format!("{}-{}", self.seed, self.serial)
    }

    async fn register(&mut self) -> bool {
        let client = self.fleet.any(&mut self.dice);
        let answer = client.post("/api/v1/users").json(&json!({"name": "Ada"})).try_send().await;
        let outcome = Outcome::of(answer);
        if let Some(Outcome::Acknowledged(user)) = &outcome {
            self.person = Some(Person::known(client, user));
        } else {
            self.pause(50).await;
        }
        self.note(Deed::Register, outcome);
        self.person.is_some()
    }

    /// Any instance, asked by this person.
    pub(super) fn person(&mut self) -> Person {
        let client: Client = self.fleet.any(&mut self.dice);
        self.person.as_ref().unwrap().by(client)
    }

    /// Asks for something until the outcome is known, or, now and then, gives up on an outcome that is not.
    pub(super) async fn insist(
        &mut self,
        deed: &Deed,
        request: impl Fn(&Person) -> Request,
    ) -> Option<Outcome> {
        let begin = Instant::now();
        loop {
            let outcome = Outcome::of(request(&self.person()).try_send().await);
            self.note(deed.clone(), outcome.clone());
            match outcome {
                Some(Outcome::Unknown(_)) if self.chance(15) => return None,
                Some(Outcome::Unknown(_)) | None => self.pause(80).await,
                known => return known,
            }
            if !self.is_over() {
                continue;
            }
            assert!(begin.elapsed() < Self::PATIENCE, "still no answer, although all is well: {deed:?}");
        }
    }

    fn note(&self, deed: Deed, outcome: Option<Outcome>) {
        let user_id = self.person.as_ref().map(|person| person.user_id.clone());
        let user_id = if deed == Deed::Register { None } else { user_id }.unwrap_or_default();
        if let Some(outcome) = outcome {
            self.history.record(Entry { user_id, deed, outcome });
        }
    }
}
