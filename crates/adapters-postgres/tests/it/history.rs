//! History is kept for audit and never read by a statement on a request's path.

use seatline_domain::ports::Inspection;
use seatline_test_support::history::{Journey, fill};
use seatline_test_support::{Fixture, Setup};

use crate::fixture::PostgresFixture;
use crate::reads::{Reads, end_backends};

/// The rows of each kind, an eighth of them of each person.
const HISTORY: u64 = 8_000;
/// A statement that reads what has ended reads more rows than this.
const NOTICED: u64 = 500;

/// A journey that is about to begin.
struct PreparedJourney {
    fixture: PostgresFixture,
    journey: Journey,
}

impl PreparedJourney {
    async fn prepare() -> Self {
        let fixture = PostgresFixture::new().await;
        let journey = Journey::prepare(Setup::new(fixture.ports())).await;
        Self { fixture, journey }
    }

    async fn play(&self, round: i64) {
        self.journey.play(Setup::new(self.fixture.ports()), round).await;
    }

    async fn add_history(&self) {
        for (_, sql) in fill(&self.journey, HISTORY) {
            self.fixture.database.execute(&sql).await;
        }
    }

    /// Plays on new connections. Gives the numbers of rows that were read.
    async fn reads(self, tamper: &str) -> Reads {
        end_backends(&self.fixture).await;
        self.fixture.database.execute(tamper).await;
        let begin = Self { fixture: self.fixture.reconnected(), journey: self.journey };
        let before = Reads::of(&begin.fixture.database).await;
        begin.play(0).await;
        end_backends(&begin.fixture).await;
        Reads::of(&begin.fixture.database).await.since(&before)
    }
}

async fn usual_reads() -> Reads {
    PreparedJourney::prepare().await.reads("ANALYZE").await
}

#[tokio::test(flavor = "multi_thread")]
async fn hot_statements_read_no_more_rows_after_a_long_history() {
    let prepared = PreparedJourney::prepare().await;
    prepared.add_history().await;
    assert_eq!(prepared.fixture.postgres.violations().await, Ok(vec![]), "the history breaks no invariant");
    let more = prepared.reads("ANALYZE").await.beyond(&usual_reads().await, NOTICED);
    assert!(more.is_empty(), "{more:#?}");
}

/// Plans live as long as their connections, and tables grow while they do.
#[tokio::test(flavor = "multi_thread")]
async fn plans_made_for_empty_tables_read_no_more_rows_either() {
    let two_rounds = async |history: bool| {
        let prepared = PreparedJourney::prepare().await;
        prepared.play(0).await;
        let before = Reads::of(&prepared.fixture.database).await;
        if history {
            prepared.add_history().await;
        }
        // What filling read is no statement's of ours.
        let filled = Reads::of(&prepared.fixture.database).await.since(&before);
        prepared.play(1).await;
        end_backends(&prepared.fixture).await;
        Reads::of(&prepared.fixture.database).await.since(&before).since(&filled)
    };
    let more = two_rounds(true).await.beyond(&two_rounds(false).await, NOTICED);
    assert!(more.is_empty(), "{more:#?}");
}

/// Statistics are of a time when a sale was over; the next one has begun since.
#[tokio::test(flavor = "multi_thread")]
async fn plans_made_when_nobody_waited_or_held_a_seat_read_no_more_rows_when_many_do() {
    let prepared = PreparedJourney::prepare().await;
    prepared.add_history().await;
    let concert = prepared.journey.concert.id;
    let rush = format!(
        "ANALYZE;
         INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at)
         SELECT '{concert}', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 100, 'HELD', clock_timestamp(),
                clock_timestamp() + interval '1 hour'
         FROM generate_series(1, 2000);
         INSERT INTO passes (concert_id, number, user_id, state, issued_at)
         SELECT room, 1000000 + number, gen_random_uuid(), 'WAITING', clock_timestamp()
         FROM (VALUES ('{concert}'::uuid), ('00000000-0000-0000-0000-000000000000')) AS rooms(room),
              generate_series(1, 2000) AS number"
    );
    let more = prepared.reads(&rush).await.beyond(&usual_reads().await, NOTICED);
    assert!(more.is_empty(), "{more:#?}");
}

/// The check above can fail: each of these, or one of them, keeps history out of somebody's way.
#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_over_live_rows_history_is_read_and_noticed() {
    let usual = usual_reads().await;
    for indexes in [
        "active_passes, one_live_pass_per_user",
        "departures_by_number",
        "one_hold_per_user, holds_by_expiry",
        "one_live_owner_per_seat",
        "bought_by_user",
        "charges_by_id",
        "idempotency_keys_by_age",
    ] {
        let prepared = PreparedJourney::prepare().await;
        prepared.add_history().await;
        let reads = prepared.reads(&format!("DROP INDEX {indexes}; ANALYZE")).await;
        assert!(!reads.beyond(&usual, NOTICED).is_empty(), "nobody misses {indexes}");
    }
}
