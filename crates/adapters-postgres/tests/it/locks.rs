//! A batch gets the rows that it locks, whatever others did while it waited.

use std::pin::pin;
use std::time::Duration;

use futures::future::join_all;
use seatline_domain::point::Amount;
use seatline_test_support::{Fixture, Setup, TestDatabase, TestUser, key};
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

use crate::fixture::PostgresFixture;

/// Somebody else's transaction, which keeps rows locked until it commits.
pub(crate) struct Blocker {
    client: Client,
}

impl Blocker {
    pub(crate) async fn begin(database: &TestDatabase, update: &str) -> Self {
        let mut config: tokio_postgres::Config = database.url().parse().unwrap();
        let (client, connection) = config.application_name("seatline").connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("BEGIN; {update}")).await.unwrap();
        Self { client }
    }

    /// Waits until somebody waits for it, and commits.
    async fn commit_once_waited_for(self) {
        self.be_waited_for().await;
        self.client.batch_execute("COMMIT").await.unwrap();
    }

    /// Stops a call, which must come to wait for it: looks around, changes more, and commits. Gives what `look`
    /// gave, and the outcome of the call.
    pub(crate) async fn stop<L, T>(
        self,
        call: impl Future<Output = T>,
        look: impl AsyncFnOnce() -> L,
        changes: &str,
    ) -> (L, T) {
        let mut call = pin!(call);
        let waits = tokio::select! {
            () = self.be_waited_for() => true,
            _ = &mut call => false,
        };
        assert!(waits, "nobody waited");
        let found = look().await;
        self.client.batch_execute(&format!("{changes}; COMMIT")).await.unwrap();
        (found, call.await)
    }

    /// Waits until somebody waits for it. Asks through its own connection, so as not to take longer than locks are
    /// waited for on a busy machine; what it asks for is not remembered over its transaction.
    async fn be_waited_for(&self) {
        const WAITED_FOR: &str = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))";
        while !self.client.query_one(WAITED_FOR, &[]).await.unwrap().get::<_, bool>(0) {
            // The question stops the whole server's lock table for a moment.
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn touch(users: &[TestUser<'_>]) -> String {
    let users: Vec<_> = users.iter().map(|user| format!("'{}'", user.id)).collect();
    format!(
        "UPDATE passes SET expires_at = expires_at + interval '1 second' WHERE user_id IN ({})",
        users.join(",")
    )
}

/// While a statement waits for a lock, others may change several of the rows that it is about to lock. Each of them must
/// be locked and seen as it is then; none may be lost.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_changed_while_a_batch_waited_are_not_lost() {
    const PEOPLE: usize = 8;
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let mut users = Vec::new();
    for _ in 0..PEOPLE {
        users.push(setup.user_in_turn(&concert).await);
    }
    let (first, others) = users.split_at(1);
    let database = &fixture.database;
    let (one, many) =
        (Blocker::begin(database, &touch(first)).await, Blocker::begin(database, &touch(others)).await);
    let holds = users.iter().zip(1..).map(|(user, seat)| {
        let performance = performance.clone();
        async move { user.try_hold(&performance, &[seat]).await }
    });
    // The first hold is a batch of its own; the others queue up meanwhile and are the next. On a busy machine another may
    // be faster than the first.
    let (held, (), ()) =
        tokio::join!(join_all(holds), one.commit_once_waited_for(), many.commit_once_waited_for());
    let refused: Vec<_> = held.into_iter().filter_map(Result::err).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// Few commands of several rooms share a batch, until one of the rooms is found to be kept.
#[tokio::test]
async fn a_room_that_shares_a_batch_with_one_that_is_kept_does_not_wait_for_it() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (kept, free) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    let (ada, bob) = (setup.user().await, setup.user().await);
    let row = format!("SELECT FROM waiting_rooms WHERE concert_id = '{}' FOR UPDATE", kept.id);
    let blocker = Blocker::begin(&fixture.database, &row).await;
    // Both are in the queue before anything is taken out of it.
    let (mut waits, mut goes_on) = (pin!(setup.join(&kept, ada)), pin!(setup.join(&free, bob)));
    tokio::select! {
        biased;
        _ = &mut waits => panic!("nobody kept the row"),
        joined = &mut goes_on => assert_eq!(joined.pass.number.get(), 1),
    }
    let ((), joined) = tokio::join!(blocker.commit_once_waited_for(), waits);
    assert_eq!(joined.pass.number.get(), 1);
}

/// A clock that is slow to tell a batch the time, as long as somebody wants it to be.
const SLOW_CLOCK: &str = "
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$
    DECLARE answer CONSTANT timestamptz := pg_catalog.clock_timestamp();
    BEGIN
        IF current_query() LIKE 'SELECT clock_timestamp() AS now%' THEN
            PERFORM pg_advisory_xact_lock_shared(1);
        END IF;
        RETURN answer;
    END $$;
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
    END $$";

/// A pass that is admitted in place of another is admitted after its end, by the recorded instants too, although the end
/// locks the pass alone and may be committed while a step of admission is under way.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_admitted_before_the_end_that_made_room() {
    let fixture = PostgresFixture::new().await;
    let database = &fixture.database;
    database.execute(SLOW_CLOCK).await;
    let setup = Setup::new(fixture.ports());
    let concert = setup.sale().capacity(1).add_concert().await;
    let (active, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    let end = Blocker::begin(database, "SELECT pg_advisory_xact_lock(1)").await;
    let leave = format!(
        "UPDATE passes SET state = 'LEFT', ended_at = pg_catalog.clock_timestamp() WHERE user_id = '{}'",
        active.id
    );
    let ((), mut admitted) = end.stop(setup.admit(&concert), async || (), &leave).await;
    admitted.extend(setup.admit(&concert).await);
    assert_eq!(admitted, [waiting.pass.number.get()]);
    assert_eq!(fixture.ports().inspection.violations().await.unwrap(), []);
}

/// A board may only vouch for what happened before the oldest batch began that is still to commit.
#[tokio::test(flavor = "multi_thread")]
async fn news_are_complete_until_the_oldest_batch_that_is_still_to_commit() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let concert = setup.sale().add_concert().await;
    let database = &fixture.database;
    let news = async || setup.ports.queue.news([].into()).await.unwrap();
    let before = news().await;
    assert_eq!(before.complete_until, before.read_at);
    let oldest = Blocker::begin(database, "UPDATE waiting_rooms SET last_number = last_number").await;
    let during = setup.now().await;
    let joining = setup.user_in_line(&concert, 0);
    let checks = async {
        for _ in 0..2 {
            let pending = news().await;
            assert!(before.read_at < pending.complete_until && pending.complete_until < during);
        }
        oldest.commit_once_waited_for().await;
    };
    tokio::join!(joining, checks);
    let after = news().await;
    assert_eq!(after.complete_until, after.read_at);
}

/// Makes whoever adds to the programme, holds seats or charges points slow, as long as somebody wants them to be. They
/// wait for no lock: they work.
const SLOW_WRITES: &str = "
    CREATE FUNCTION work_slowly() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        WHILE NOT pg_try_advisory_xact_lock_shared(1) LOOP
            PERFORM pg_sleep(0.005);
        END LOOP;
        RETURN NEW;
    END $$;
    CREATE TRIGGER slow AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION work_slowly();
    CREATE TRIGGER slow AFTER INSERT ON reservation_seats FOR EACH ROW EXECUTE FUNCTION work_slowly();
    CREATE TRIGGER slow AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION work_slowly()";

/// However long others work, what they do changes no line.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_transaction_delays_news() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let (ada, database) = (setup.user_in_turn(&concert).await, &fixture.database);
    let charge = setup.charge_command(ada.id, Amount::whole(7), key("slow"));
    database.execute(SLOW_WRITES).await;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
    let seats = [1];
    let added = setup.sale().add_performance(&concert);
    let (held, charged) = (ada.try_hold(&performance, &seats), fixture.ports().wallets.charge(charge));
    let checks = async {
        let working = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND backend_xid IS NOT NULL AND wait_event = 'PgSleep'";
        while database.query(working).await != ["3"] {
            tokio::task::yield_now().await;
        }
        let news = setup.ports.queue.news([].into()).await.unwrap();
        assert_eq!(news.complete_until, news.read_at);
        assert_eq!(database.query(working).await, ["3"], "all this while they work");
        client.batch_execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    };
    let (_, held, charged, ()) = tokio::join!(added, held, charged, checks);
    assert!(held.is_ok() && charged.is_ok(), "{held:?} {charged:?}");
}

/// A batch that waits for a lock has done nothing yet, so nobody has to wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_waits_for_a_lock_delays_no_news() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let concert = setup.sale().add_concert().await;
    let database = &fixture.database;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; UPDATE waiting_rooms SET last_number = last_number").await.unwrap();
    let joining = setup.user_in_line(&concert, 0);
    let checks = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while database.query(waiting).await == ["0"] {
            tokio::task::yield_now().await;
        }
        let news = setup.ports.queue.news([].into()).await.unwrap();
        assert_eq!(news.complete_until, news.read_at, "not even for somebody else's, by name");
        client.batch_execute("COMMIT").await.unwrap();
    };
    tokio::join!(joining, checks);
}
