use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::endpoints::Endpoints;
use crate::client::{Client, Request};
use crate::history::{Entry, History, Operation, Outcome};
use crate::sale::Sale;
use crate::user::TestUser;

/// A user who comes to the sale again and again.
pub(super) struct VirtualUser {
    pub(super) rng: StdRng,
    endpoints: Endpoints,
    pub(super) sales: Vec<Sale>,
    history: History,
    over: Arc<AtomicBool>,
    /// Their account, once they have one.
    pub(super) user: Option<TestUser>,
    serial: u64,
    seed: u64,
}

impl VirtualUser {
    /// The longest time that they insist once the service is well again.
    const TIMEOUT: Duration = Duration::from_mins(1);

    pub(super) fn new(
        seed: u64,
        endpoints: Endpoints,
        sales: Vec<Sale>,
        history: History,
        over: Arc<AtomicBool>,
    ) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        Self { rng, endpoints, sales, history, over, user: None, serial: 0, seed }
    }

    /// Comes and goes until it is over.
    pub(super) async fn run(mut self) {
        while !self.is_over() {
            if self.user.is_none() && !self.register().await {
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
        self.rng.random_ratio(percent, 100)
    }

    /// Waits a little, at most this long.
    pub(super) async fn pause(&mut self, millis_max: u64) {
        sleep(Duration::from_millis(self.rng.random_range(1..=millis_max))).await;
    }

    /// A key that nobody has used before.
    pub(super) fn new_key(&mut self) -> String {
        self.serial += 1;
        format!("{}-{}", self.seed, self.serial)
    }

    async fn register(&mut self) -> bool {
        let client = self.endpoints.any(&mut self.rng);
        let answer = client.post("/api/v1/users").json(&json!({"name": "Ada"})).try_send().await;
        let outcome = Outcome::of(answer);
        if let Some(Outcome::Acknowledged(user)) = &outcome {
            self.user = Some(TestUser::known(client, user));
        } else {
            self.pause(50).await;
        }
        self.note(Operation::Register, outcome);
        self.user.is_some()
    }

    /// The user, who asks any instance.
    pub(super) fn user(&mut self) -> TestUser {
        let client: Client = self.endpoints.any(&mut self.rng);
        self.user.as_ref().unwrap().by(client)
    }

    /// Asks for something until the outcome is known, or, now and then, leaves open one that is not.
    pub(super) async fn insist(
        &mut self,
        operation: &Operation,
        request: impl Fn(&TestUser) -> Request,
    ) -> Option<Outcome> {
        let mut all_is_well_since = None;
        loop {
            let outcome = Outcome::of(request(&self.user()).try_send().await);
            self.note(operation.clone(), outcome.clone());
            match outcome {
                Some(Outcome::Unknown(_)) if self.chance(15) => return None,
                Some(Outcome::Unknown(_)) | None => self.pause(80).await,
                known => return known,
            }
            if !self.is_over() {
                continue;
            }
            // What was asked for during the faults may have waited for long.
            let waited = all_is_well_since.get_or_insert_with(Instant::now).elapsed();
            assert!(waited < Self::TIMEOUT, "still no answer, although all is well: {operation:?}");
        }
    }

    fn note(&self, operation: Operation, outcome: Option<Outcome>) {
        let user_id = self.user.as_ref().map(|user| user.user_id.clone());
        let user_id = if operation == Operation::Register { None } else { user_id }.unwrap_or_default();
        if let Some(outcome) = outcome {
            self.history.record(Entry { user_id, operation, outcome });
        }
    }
}
