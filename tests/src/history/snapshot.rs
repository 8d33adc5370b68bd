use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::database::Database;

/// What the database has of everything that clients can ask for.
pub(super) struct Snapshot {
    pub(super) users: Vec<Value>,
    pub(super) ledger: Vec<Value>,
    pub(super) reservations: Vec<Value>,
    pub(super) payments: Vec<Value>,
    pub(super) passes: Vec<Value>,
    /// The seats of each reservation, in order.
    pub(super) seats: BTreeMap<String, Vec<u64>>,
    /// What each key of each user stands for.
    pub(super) keys: BTreeMap<(String, String), String>,
}

impl Snapshot {
    pub(super) async fn take(database: &Database) -> Self {
        let mut seats: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for row in rows(database, "reservation_seats").await {
            seats.entry(text(&row, "reservation_id")).or_default().push(row["seat_number"].as_u64().unwrap());
        }
        for seats in seats.values_mut() {
            seats.sort_unstable();
        }
        let key = |row: Value| ((text(&row, "user_id"), text(&row, "key")), text(&row, "reference_id"));
        Self {
            users: rows(database, "users").await,
            ledger: rows(database, "ledger_entries").await,
            reservations: rows(database, "reservations").await,
            payments: rows(database, "payments").await,
            passes: rows(database, "passes").await,
            seats,
            keys: rows(database, "idempotency_keys").await.into_iter().map(key).collect(),
        }
    }
}

async fn rows(database: &Database, table: &str) -> Vec<Value> {
    let rows = database.query(&format!("SELECT to_jsonb(t) FROM {table} t")).await;
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

/// A text of a row or of an answer; empty where there is none.
pub(super) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Whether a number or an instant of an answer is the one of a row, however each writes it.
pub(super) fn same(answer: &Value, row: &Value) -> bool {
    let instant = |value: &Value| value.as_str()?.parse::<DateTime<Utc>>().ok();
    match (answer.as_f64(), row.as_f64()) {
        (Some(answer), Some(row)) => (answer - row).abs() < 0.001,
        _ => answer == row || instant(answer).is_some_and(|answer| instant(row) == Some(answer)),
    }
}
