//! What a purchase leaves behind, in bytes, is what `docs/security.md` says.

use std::collections::BTreeMap;

use futures::future::join_all;
use seatline_domain::commands::{HoldSeatsCommand, PayReservationCommand};
use seatline_domain::concert::{Concert, Performance};
use seatline_test_support::{Fixture, Setup, TestDatabase, key};

use crate::fixture::PostgresFixture;

/// The purchases that are measured: enough for the pages that tables begin with to be nothing.
const PURCHASES: u32 = 2_000;
const AT_A_TIME: u32 = 100;

/// The bytes of each table with its indexes when they are packed, and its rows. How many pages are left half empty
/// otherwise depends on who wrote at the same time.
async fn sizes(database: &TestDatabase) -> BTreeMap<String, (u64, u64)> {
    const TABLES: &str =
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    database.execute("VACUUM FULL").await;
    let mut sizes = BTreeMap::new();
    for table in database.query(TABLES).await {
        let size =
            format!("SELECT pg_total_relation_size('{table}') || ' ' || (SELECT count(*) FROM {table})");
        let size = database.query(&size).await.concat();
        let (bytes, rows) = size.split_once(' ').unwrap();
        sizes.insert(table, (bytes.parse().unwrap(), rows.parse().unwrap()));
    }
    sizes
}

/// Somebody opens an account, charges points, waits, holds a seat and pays, each with an idempotency key.
async fn purchase(setup: Setup<'_>, sale: &Sale, seat: u32) {
    let user = setup.user_in_turn_with(&sale.concert, 100).await;
    let hold = setup.hold_command(&user.pass, &sale.performance, &[seat.into()]);
    let hold = HoldSeatsCommand { key: Some(key("hold")), ..hold };
    let reservation = setup.ports.inventory.hold(hold).await.unwrap().value;
    let pay = PayReservationCommand { key: Some(key("pay")), ..setup.pay_command(&user.pass, &reservation) };
    setup.ports.payments.pay(pay).await.unwrap();
}

struct Sale {
    concert: Concert,
    performance: Performance,
}

/// The bytes of a row by table, as the page says, and how many rows a purchase leaves there.
fn documented() -> BTreeMap<&'static str, (u64, u64)> {
    let page = include_str!("../../../../docs/security.md");
    let section = page.split("\n## ").find(|section| section.starts_with("What grows\n")).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [table, _, rows, bytes, _] = <[&str; 5]>::try_from(cells).unwrap();
        (table.trim_end_matches('`'), (rows.parse().unwrap(), bytes.parse().unwrap()))
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_leaves_as_much_behind_as_the_page_of_security_says() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (concert, performance) = setup.sale().seats(PURCHASES).capacity(PURCHASES).price("7").open().await;
    let sale = Sale { concert, performance };
    let before = sizes(&fixture.database).await;
    for first in (1..=PURCHASES).step_by(usize::try_from(AT_A_TIME).unwrap()) {
        join_all((first..first + AT_A_TIME).map(|seat| purchase(setup, &sale, seat))).await;
    }
    let after = sizes(&fixture.database).await;
    let purchases = u64::from(PURCHASES);
    let mut measured = BTreeMap::new();
    for (table, (bytes, rows)) in &after {
        let (bytes_before, rows_before) = before[table];
        let (bytes, rows) = (bytes - bytes_before, rows - rows_before);
        if rows > 0 {
            assert_eq!(rows % purchases, 0, "{table} has {rows} rows more");
            measured.insert(table.as_str(), (rows / purchases, bytes / rows));
        }
    }
    println!("rows a purchase, bytes a row: {measured:#?}");
    let documented = documented();
    for (table, (rows, bytes)) in &measured {
        let (documented_rows, documented_bytes) = documented.get(table).unwrap_or(&(0, 0));
        let near = documented_bytes * 3 / 4..=documented_bytes * 5 / 4;
        assert!(
            rows == documented_rows && near.contains(bytes),
            "{table}: {rows} rows of {bytes} bytes, the page says {documented_rows} of {documented_bytes}"
        );
    }
    assert_eq!(measured.len(), documented.len(), "{documented:?}");
}
