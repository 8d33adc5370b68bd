//! Locks are taken in one order: sale of a concert → concert → waiting room → pass → reservation → seat → wallet, each kind by primary key. A batch
//! that is stopped at one row has locked those before it and none after it.

use seatline_domain::commands::{HoldError, PayError, RefundPaymentCommand, RefundRequester, TurnError};
use seatline_domain::id::{LedgerEntryId, RefundId};
use seatline_domain::payment::PaidReservation;
use seatline_domain::text::Text;
use seatline_test_support::{Fixture, Setup, TestDatabase};

use crate::fixture::PostgresFixture;
use crate::locks::Blocker;

/// The kinds of rows that are locked, in order.
const KINDS: [&str; 5] = ["waiting_rooms", "passes", "reservations", "seats", "wallets"];

/// The rows of a table that nobody can lock at this moment.
async fn locked(database: &TestDatabase, row: &str, table: &str) -> Vec<String> {
    let sql = format!(
        "SELECT {row} FROM {table} EXCEPT SELECT * FROM (SELECT {row} FROM {table} FOR UPDATE SKIP LOCKED) AS free
         ORDER BY 1"
    );
    database.query(&sql).await
}

/// The kinds of which a call has locked rows when it is stopped at a kind, that kind included.
async fn locked_kinds(
    fixture: &PostgresFixture,
    stopped_at: &str,
    call: impl Future<Output = ()>,
) -> Vec<&'static str> {
    let database = &fixture.database;
    let blocker = Blocker::begin(database, &format!("SELECT FROM {stopped_at} FOR UPDATE")).await;
    let look = async || {
        let mut kinds = Vec::new();
        for kind in KINDS {
            if !locked(database, "ctid", kind).await.is_empty() {
                kinds.push(kind);
            }
        }
        kinds
    };
    blocker.stop(call, look, "").await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_locks_pass_then_reservation_then_seat_then_wallet() {
    for stop in 1..KINDS.len() {
        let fixture = PostgresFixture::new().await;
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().open().await;
        let ada = setup.user_in_turn(&concert).await;
        let held = ada.hold(&performance, &[1]).await;
        let pay = async {
            ada.pay(&held).await;
        };
        let expected = KINDS.get(1..=stop).unwrap();
        assert_eq!(locked_kinds(&fixture, KINDS.get(stop).unwrap(), pay).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_locks_room_then_pass_then_reservation_then_seat() {
    for stop in 0..KINDS.len() - 1 {
        let fixture = PostgresFixture::new().await;
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().open().await;
        let ada = setup.user_in_turn(&concert).await;
        ada.hold(&performance, &[1]).await;
        let leave = async {
            ada.leave().await.unwrap();
        };
        let expected = KINDS.get(..=stop).unwrap();
        assert_eq!(locked_kinds(&fixture, KINDS.get(stop).unwrap(), leave).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_locked_by_number_however_they_were_named() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(6).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let database = &fixture.database;
    let blocker = Blocker::begin(database, "SELECT FROM seats WHERE number = 4 FOR UPDATE").await;
    let look = async || locked(database, "number", "seats").await;
    let seats = [9, 2, 4, 8, 1, 6];
    let (locked, held) = blocker.stop(ada.hold(&performance, &seats), look, "").await;
    assert_eq!(locked, ["1", "2", "4"]);
    assert_eq!(held.seats.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_or_pays_takes_the_sale_before_all_rows_and_decides_by_what_is_there_then() {
    const STOPPED: &str = "SELECT pg_advisory_xact_lock(uuid_hash_extended(concert_id, 0)) FROM concerts";
    const CANCELLED: &str = "UPDATE performances SET cancelled_at = clock_timestamp(), cancel_reason = 'Ill'";
    for pays in [false, true] {
        let fixture = PostgresFixture::new().await;
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().open().await;
        let ada = setup.user_in_turn(&concert).await;
        let held = if pays { Some(ada.hold(&performance, &[1]).await) } else { None };
        let database = &fixture.database;
        let blocker = Blocker::begin(database, STOPPED).await;
        let look = async || {
            let mut rows = Vec::new();
            for kind in KINDS {
                rows.extend(locked(database, "ctid", kind).await);
            }
            rows
        };
        let call = async {
            if let Some(held) = &held {
                ada.try_pay(held).await.err() == Some(TurnError::Failed(PayError::PerformanceCancelled))
            } else {
                let refused = ada.try_hold(&performance, &[1]).await.err();
                refused == Some(TurnError::Failed(HoldError::PerformanceCancelled))
            }
        };
        let (rows, refused) = blocker.stop(call, look, CANCELLED).await;
        assert_eq!(rows, Vec::<String>::new());
        assert!(refused, "pays: {pays}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_locks_reservation_then_seat_then_wallet() {
    for stop in 2..KINDS.len() {
        let fixture = PostgresFixture::new().await;
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().open().await;
        let ada = setup.user_in_turn(&concert).await;
        let held = ada.hold(&performance, &[1]).await;
        let payment = ada.pay(&held).await;
        let reason = Text::parse("Sorry").unwrap();
        let command = RefundPaymentCommand {
            refund_id: RefundId::new(setup.id()),
            entry_id: LedgerEntryId::new(setup.id()),
            paid: PaidReservation::of(&payment, &held),
            seats: None,
            requester: RefundRequester::Operator { stamp: setup.stamp(), reason },
            key: None,
        };
        let refund = async {
            fixture.ports().payments.refund(command).await.unwrap();
        };
        let expected = KINDS.get(2..=stop).unwrap();
        assert_eq!(locked_kinds(&fixture, KINDS.get(stop).unwrap(), refund).await, expected);
    }
}
