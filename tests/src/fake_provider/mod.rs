//! A payment provider that takes no money: Stripe's Checkout and Toss Payments' interface as far as Seatline speaks to them,
//! with a state of its own, over real HTTP.
//!
//! A test says what people do at it ([`FakeProvider::pay`]), what breaks ([`FakeProvider::behave`]), and what it sends
//! ([`FakeProvider::notice`]); at the end it says what it [took](FakeProvider::taken).

mod delays;
mod faults;
mod server;
mod signature;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde_json::{Value, json};

use delays::Delay;
pub use delays::{Delayed, Moment};
pub use faults::Behaviour;
pub use signature::sign_notice;

/// The provider, until it is stopped.
pub struct FakeProvider {
    address: SocketAddr,
    shared: Shared,
    server: ServerHandle,
}

pub(crate) type Shared = Arc<Mutex<State>>;

/// Everything that the provider knows.
pub(crate) struct State {
    pub(crate) base: String,
    pub(crate) key: String,
    pub(crate) behaviour: Behaviour,
    pub(crate) random: SmallRng,
    /// What was promised or taken, by the charge's id.
    pub(crate) payments: BTreeMap<String, Payment>,
    /// The charge that each idempotency key has begun, and what was asked for.
    pub(crate) keys: BTreeMap<String, (String, String)>,
    /// The paths that were asked for, in their order.
    pub(crate) asked: Vec<String>,
    /// Calls to come that are delayed.
    pub(crate) delays: Vec<Delay>,
    /// Charges about which it refuses every question.
    pub(crate) withheld: BTreeSet<String>,
    /// Charges whose next confirmation is declined.
    pub(crate) declines: BTreeMap<String, Decline>,
    /// What was answered about payments, by the idempotency keys of their confirmations (Toss Payments).
    pub(crate) confirmations: BTreeMap<String, server::Reply>,
}

/// How a confirmation is declined.
#[derive(Debug, Clone)]
pub(crate) struct Decline {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    /// Whether that ends the payment.
    pub(crate) aborts: bool,
}

/// What somebody pays, or is to pay.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    /// The provider's own id of it.
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) progress: Progress,
    /// What is told instead of the amount and the currency.
    pub(crate) told: Option<(i64, String)>,
    /// How often that is told before the truth is.
    pub(crate) lies: u32,
    /// What the browser has agreed to pay with (Toss Payments).
    pub(crate) agreed_with: Option<String>,
}

/// How far a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Open,
    Agreed,
    Paid,
    Aborted,
    Expired,
}

impl FakeProvider {
    /// Starts it on a free port, for those who know this key. Chance is decided by the seed.
    pub fn start(key: &str, seed: u64) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(State {
            base: format!("http://{address}"),
            key: key.to_owned(),
            behaviour: Behaviour::default(),
            random: SmallRng::seed_from_u64(seed),
            payments: BTreeMap::new(),
            keys: BTreeMap::new(),
            asked: Vec::new(),
            delays: Vec::new(),
            withheld: BTreeSet::new(),
            declines: BTreeMap::new(),
            confirmations: BTreeMap::new(),
        }));
        let server = server::start(listener, &shared);
        Self { address, shared, server }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address, for as long as the tests run.
    pub fn lasting_url(&self) -> &'static str {
        self.url().leak()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap()
    }

    /// Changes how it behaves from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// Delays the next call for this path, or for one below it when it ends with a slash.
    pub fn delay_next(&self, path: &str, moment: Moment) -> Delayed {
        let (delay, delayed) = Delay::of(path, moment);
        self.state().delays.push(delay);
        delayed
    }

    /// Somebody pays a charge at its page. Whether there was one to pay.
    pub fn pay(&self, charge_id: &str) -> bool {
        self.advance(charge_id, Progress::Paid)
    }

    /// Somebody agrees to pay a charge with this key, for the merchant to confirm (Toss Payments).
    pub fn agree(&self, charge_id: &str, amount: i64, payment_key: &str) {
        let mut state = self.state();
        let payment = Payment {
            id: format!("toss_{}", state.payments.len()),
            amount,
            currency: "KRW".to_owned(),
            progress: Progress::Agreed,
            told: None,
            lies: 0,
            agreed_with: Some(payment_key.to_owned()),
        };
        state.payments.insert(charge_id.to_owned(), payment);
    }

    /// Declines the next confirmation of a charge, which ends the payment or not (Toss Payments).
    pub fn decline(&self, charge_id: &str, status: u16, code: &str, aborts: bool) {
        let (status, code) = (StatusCode::from_u16(status).unwrap(), code.to_owned());
        self.state().declines.insert(charge_id.to_owned(), Decline { status, code, aborts });
    }

    /// Nobody paid a charge in time.
    pub fn expire(&self, charge_id: &str) -> bool {
        self.advance(charge_id, Progress::Expired)
    }

    fn advance(&self, charge_id: &str, progress: Progress) -> bool {
        let mut state = self.state();
        let payment = state.payments.get_mut(charge_id);
        let payment = payment.filter(|payment| payment.progress == Progress::Open);
        payment.map(|payment| payment.progress = progress).is_some()
    }

    /// Refuses to say what became of a charge, as to a question that is wrong; or says it again.
    pub fn withhold(&self, charge_id: &str, is_withheld: bool) {
        let mut state = self.state();
        if is_withheld {
            state.withheld.insert(charge_id.to_owned());
        } else {
            state.withheld.remove(charge_id);
        }
    }

    /// Says something else of a charge's money, so many times; then the truth.
    pub fn lie(&self, charge_id: &str, amount: i64, currency: &str, times: u32) {
        let mut state = self.state();
        let payment = state.payments.get_mut(charge_id).unwrap();
        (payment.told, payment.lies) = (Some((amount, currency.to_owned())), times);
    }

    /// What it took, all together.
    pub fn taken(&self) -> i64 {
        let state = self.state();
        let paid = state.payments.values().filter(|payment| payment.progress == Progress::Paid);
        paid.map(|payment| payment.amount).sum()
    }

    /// The charges that it knows.
    pub fn charges(&self) -> Vec<String> {
        self.state().payments.keys().cloned().collect()
    }

    /// How many sessions it has made: one for each idempotency key (Stripe).
    pub fn sessions(&self) -> usize {
        self.state().keys.len()
    }

    /// How often something was asked for whose path begins so.
    pub fn asked(&self, path: &str) -> usize {
        self.state().asked.iter().filter(|asked| asked.starts_with(path)).count()
    }

    /// The body of a notice of Stripe's about a charge.
    pub fn notice(&self, charge_id: &str) -> String {
        let state = self.state();
        let payment = state.payments.get(charge_id).unwrap();
        notice_of(charge_id, payment).to_string()
    }

    /// Stops it: whoever asks is refused the connection.
    pub async fn stop(self) {
        self.server.stop(false).await;
    }
}

pub(crate) fn notice_of(charge_id: &str, payment: &Payment) -> Value {
    let session = json!({
        "id": payment.id, "object": "checkout.session", "client_reference_id": charge_id,
        "payment_status": "paid", "status": "complete", "amount_total": payment.amount,
        "currency": payment.currency.to_lowercase(),
    });
    json!({"id": "evt_1", "object": "event", "type": "checkout.session.completed", "data": {"object": session}})
}
