use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_adapters_postgres::{ConnectionSettings, Postgres, migrate};
use seatline_application::Ports;
use seatline_domain::seat::SeatKey;
use seatline_test_support::{Fixture, SequentialIds, TestDatabase, cells};

/// PostgreSQL behind the ports, with an empty database of its own.
pub(crate) struct PostgresFixture {
    ports: Ports,
    pub(crate) postgres: Arc<Postgres>,
    pub(crate) database: TestDatabase,
}

pub(crate) async fn migrated() -> TestDatabase {
    TestDatabase::create(|url| async move { drop(migrate(&url).await.unwrap()) }).await
}

pub(crate) fn connect(url: &str) -> Arc<Postgres> {
    let settings = ConnectionSettings { url: url.to_owned(), pool_size: 6, wait: Duration::from_secs(20) };
    Arc::new(Postgres::new(&settings).unwrap())
}

/// A table in every cell, or where it is alone.
fn tables(name: &str) -> impl Iterator<Item = String> {
    let is_of_cells =
        ["waiting_rooms", "passes", "seats", "reservations", "reservation_seats"].contains(&name);
    let others = (1..if is_of_cells { cells() } else { 1 }).map(move |cell| format!("cell_{cell}.{name}"));
    std::iter::once(format!("public.{name}")).chain(others)
}

impl PostgresFixture {
    pub(crate) async fn new() -> Self {
        Self::on(migrated().await)
    }

    /// The same database through new connections. Ids go on from where they were.
    pub(crate) fn reconnected(self) -> Self {
        let ids = self.ports.ids.clone();
        let mut again = Self::on(self.database);
        again.ports.ids = ids;
        again
    }

    fn on(database: TestDatabase) -> Self {
        let postgres = connect(database.url());
        let ports = Ports::from_adapter(postgres.clone(), Arc::new(SequentialIds::default()));
        Self { ports, postgres, database }
    }
}

#[async_trait]
impl Fixture for PostgresFixture {
    fn ports(&self) -> &Ports {
        &self.ports
    }

    /// Moves every stored instant back, which looks the same as the clock going on.
    async fn pass_time(&self, by: TimeDelta) {
        let by = format!("interval '{} microseconds'", by.num_microseconds().unwrap());
        let back = |table: &str, columns: &[&str]| {
            let columns: Vec<_> =
                columns.iter().map(|column| format!("{column} = {column} - {by}")).collect();
            let update = |table: String| format!("UPDATE {table} SET {};", columns.join(", "));
            tables(table).map(update).collect::<String>()
        };
        let sql = [
            back("waiting_rooms", &["next_admission_at", "line_ended_at"]),
            back("passes", &["issued_at", "admitted_at", "expires_at", "show_up_by", "ended_at", "ends_by"]),
            back("users", &["created_at"]),
            back("idle_accounts", &["found_at"]),
            back("reservations", &["held_at", "expires_at", "ended_at"]),
            back("reservation_seats", &["held_until"]),
            back("payments", &["paid_at"]),
            back("refunds", &["refunded_at"]),
            back("performances", &["cancelled_at", "refunded_at"]),
            back("credits", &["credited_at"]),
            back("check_ins", &["checked_in_at"]),
            back("ledger_entries", &["created_at"]),
            back(
                "charges",
                &["created_at", "settled_at", "expires_at", "gives_up_at", "look_up_at", "leased_until"],
            ),
            back("idempotency_keys", &["recorded_at"]),
            back("announced_boards", &["announced_at"]),
            back("audit_entries", &["at"]),
            back("operator_keys", &["created_at", "deleted_at"]),
            back("device_codes", &["expires_at"]),
            back("webhooks", &["previous_secret_until", "created_at", "gave_up_at", "deleted_at"]),
            back("webhook_leases", &["leased_until", "failing_since"]),
            back("outbox", &["at"]),
            back("events", &["at", "published_at"]),
            back("deliveries", &["next_attempt_at"]),
        ];
        self.database.execute(&sql.concat()).await;
        self.postgres.forget_recent();
    }

    async fn block_seat(&self, seat: SeatKey) {
        let (performance, number) = (seat.performance_id, seat.number);
        let block = |seats| {
            format!(
                "UPDATE {seats} SET blocked = true WHERE performance_id = '{performance}' AND number = {number};"
            )
        };
        self.database.execute(&tables("seats").map(block).collect::<String>()).await;
        self.postgres.forget_recent();
    }
}
