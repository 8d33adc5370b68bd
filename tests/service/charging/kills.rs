//! An instance is killed between each two steps of a charge, and another one goes on.

use nix::sys::signal::Signal;
use seatline_tests::{
    Database, Delayed, FakeProvider, Moment, PROVIDER_KEY, Running, TestUser, eventually, sign_notice,
};
use serde_json::json;

use super::{SECRET, notify, now, start, until};

const AMOUNT: i64 = 1_000;
/// Where sessions are made, and where they are looked up.
const MAKE: &str = "/v1/checkout/sessions";
const LOOK_UP: &str = "/v1/checkout/sessions/";

/// What had happened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The charge was written down, and the provider has not heard of it.
    WrittenDown,
    /// The provider has begun it, and has not answered.
    Begun,
    /// The answer is there, and is not written down.
    BeginningAnswered,
    /// The provider was asked about money that it has, and has not answered.
    MoneyAskedFor,
    /// The answer is there, and nothing is credited.
    MoneyFound,
    /// The points are there, and nobody was told.
    Credited,
}

/// Two instances, of which one is killed.
struct Scene {
    database: Database,
    provider: FakeProvider,
    survivor: Running,
}

impl Scene {
    async fn query(&self, sql: &str) -> Vec<String> {
        self.database.query(sql).await
    }

    /// The time has come to look charges up, and whoever has leased one has had its time.
    async fn pass_time(&self) {
        let due = "UPDATE charges SET look_up_at = clock_timestamp(), leased_until = NULL
                   WHERE look_up_at IS NOT NULL";
        self.database.execute(due).await;
    }

    /// Lets a call of the provider's be answered, and stops who asked at the next lock of the wallet.
    async fn answer_but_keep_from_storing(&self, user: &TestUser, delayed: Delayed) -> seatline_tests::Lock {
        const WAITING: &str = "SELECT pid::text FROM pg_stat_activity
                               WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let row = format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", user.user_id);
        let lock = self.database.lock_by(&row).await;
        delayed.go_on();
        eventually("it waits for the wallet", async || (!self.query(WAITING).await.is_empty()).then_some(()))
            .await;
        lock
    }

    /// Has somebody charge at an instance that is killed when this was the last thing that happened, and then pay what
    /// the other instance goes on with. They ask once more themselves, or leave it to the service.
    async fn kill_after(&self, last: Last, asks_again: bool) {
        let killed = start(&self.database, &self.provider, None);
        let ada = TestUser::register(killed.client()).await;
        let charge = |user: &TestUser| {
            let request = user.request("POST", "/api/v1/points/charges").key("once");
            request.json(&json!({"amount": AMOUNT})).try_send()
        };
        // Whatever is asked of the provider now, the one asks that is killed.
        let stopped = Stopped::new(&self.survivor);
        let lock = match last {
            Last::WrittenDown | Last::Begun | Last::BeginningAnswered => {
                let moment = if last == Last::WrittenDown { Moment::Heard } else { Moment::Done };
                let mut delayed = self.provider.delay_next(MAKE, moment);
                let asking = tokio::spawn(charge(&ada));
                delayed.has_come().await;
                let lock = match last {
                    Last::BeginningAnswered => Some(self.answer_but_keep_from_storing(&ada, delayed).await),
                    _ => None,
                };
                kill(killed).await;
                drop(asking.await.unwrap());
                lock
            }
            Last::MoneyAskedFor | Last::MoneyFound | Last::Credited => {
                let begun = charge(&ada).await.unwrap().json(202);
                let id = begun["chargeId"].as_str().unwrap();
                let mut delayed = self.provider.delay_next(LOOK_UP, Moment::Done);
                assert!(self.provider.pay(id));
                self.pass_time().await;
                delayed.has_come().await;
                let lock = match last {
                    Last::MoneyFound => Some(self.answer_but_keep_from_storing(&ada, delayed).await),
                    Last::Credited => {
                        delayed.go_on();
                        let state = format!("SELECT state FROM charges WHERE charge_id = '{id}'");
                        eventually("it is credited", async || {
                            (self.query(&state).await == ["PAID"]).then_some(())
                        })
                        .await;
                        None
                    }
                    _ => None,
                };
                kill(killed).await;
                lock
            }
        };
        if let Some(lock) = lock {
            lock.release().await;
        }
        drop(stopped);

        let ada = ada.by(self.survivor.client());
        let own = format!("SELECT charge_id::text FROM charges WHERE user_id = '{}'", ada.user_id);
        let charges = self.query(&own).await;
        assert_eq!(charges.len(), 1, "{last:?}");
        let id = &charges[0];
        if asks_again {
            let again = charge(&ada).await.unwrap().json(202);
            assert_eq!(&again["chargeId"], id, "{last:?}");
        }
        self.pass_time().await;
        let is_there =
            format!("SELECT 1::text FROM charges WHERE charge_id = '{id}' AND checkout_url IS NOT NULL");
        eventually("the checkout is there", async || (!self.query(&is_there).await.is_empty()).then_some(()))
            .await;
        // Where nobody has paid yet, it is paid now.
        self.provider.pay(id);
        let body = self.provider.notice(id);
        notify(&self.survivor.client(), &body, &sign_notice(SECRET, now(), &body)).await.json(200);
        let paid = until(&ada, id, "PAID").await;
        assert_eq!(paid["balance"], AMOUNT, "{last:?}");
        assert_eq!(ada.entries().await.len(), 1, "{last:?}");
    }
}

/// An instance that does nothing until this value is dropped.
struct Stopped<'r>(&'r Running);

impl<'r> Stopped<'r> {
    fn new(running: &'r Running) -> Self {
        running.signal(Signal::SIGSTOP);
        Self(running)
    }
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.0.signal(Signal::SIGCONT);
    }
}

async fn kill(running: Running) {
    drop(tokio::task::spawn_blocking(move || running.end_with(Signal::SIGKILL)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_an_instance_is_killed_the_points_are_what_the_provider_took() {
    const STEPS: [Last; 6] = [
        Last::WrittenDown,
        Last::Begun,
        Last::BeginningAnswered,
        Last::MoneyAskedFor,
        Last::MoneyFound,
        Last::Credited,
    ];
    let (database, provider) = (Database::create().await, FakeProvider::start(PROVIDER_KEY, 13));
    let survivor = start(&database, &provider, None);
    let scene = Scene { database, provider, survivor };
    for asks_again in [true, false] {
        for last in STEPS {
            scene.kill_after(last, asks_again).await;
        }
    }
    let charges = 2 * i64::try_from(STEPS.len()).unwrap();
    assert_eq!(scene.provider.charges().len(), 2 * STEPS.len(), "one for each charge");
    assert_eq!(scene.provider.sessions(), 2 * STEPS.len(), "and one session, whoever asked for it");
    assert_eq!(scene.provider.taken(), charges * AMOUNT);
    let points = scene.query("SELECT sum(balance)::bigint::text FROM wallets").await;
    assert_eq!(points, [scene.provider.taken().to_string()]);
    scene.database.assert_invariants().await;
}
