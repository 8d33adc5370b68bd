//! No statement on a request's path reads a table from end to end.

use std::time::Duration;

use seatline_domain::id::UserId;
use seatline_domain::page::PageRequest;
use seatline_domain::queue::{AdmitWaiting, BoardSeen, JoinRoom};
use seatline_test_support::{Fixture, Stage};
use uuid::Uuid;

use crate::fixture::PostgresFixture;

/// Tables that grow with people, seats and payments.
const SCANNED: &str = "
    SELECT format('%s: %s scans of %s rows', relname, seq_scan, seq_tup_read) FROM pg_stat_user_tables
    WHERE relname IN ('passes', 'seats', 'reservations', 'reservation_seats', 'wallets', 'ledger_entries', 'payments',
                      'users', 'idempotency_keys', 'audit_entries', 'performances')
      AND seq_scan > 0";

#[tokio::test(flavor = "multi_thread")]
async fn hot_statements_find_their_rows_by_index() {
    let fixture = PostgresFixture::new().await;
    let before = fixture.database.query(SCANNED).await;
    let stage = Stage::new(fixture.ports());
    let (concert, performance) = stage.show().await;
    let ports = fixture.ports();
    for seat in 1..=8 {
        let customer = stage.customer(&concert).await;
        let held = customer.hold(&performance, &[seat]).await;
        match seat % 4 {
            0 => drop(customer.leave().await.unwrap()),
            1 => drop(customer.try_give_up(&held).await.unwrap()),
            2 => drop(customer.pay(&held).await),
            _ => {}
        }
        let user = customer.user;
        ports.rooms.admit(AdmitWaiting { concert_id: concert.id }).await.unwrap();
        ports.queue.figures(concert.id).await.unwrap();
        ports.queue.news([(concert.id, BoardSeen::default())].into()).await.unwrap();
        ports.queue.pass(concert.id, customer.pass.number).await.unwrap();
        ports.accounts.user(user).await.unwrap();
        ports.inventory.seat_map(performance.id).await.unwrap();
        ports.reservations.reservation(user, held.id).await.unwrap();
        ports.reservations.reservations(user, PageRequest::first()).await.unwrap();
        ports.reservations.lapsed(10).await.unwrap();
        ports.wallets.balance(user).await.unwrap();
        ports.wallets.entries(user, PageRequest::first()).await.unwrap();
        ports.payments.payments(user, PageRequest::first()).await.unwrap();
        ports.payments.owned_seats(user, 10).await.unwrap();
        ports.programme.performances(concert.id, None, PageRequest::first()).await.unwrap();
        ports.programme.performances_on(concert.id, performance.date).await.unwrap();
        ports.programme.sales(concert.id).await.unwrap();
        ports.audit.entries(concert.id, PageRequest::first()).await.unwrap();
    }
    end_backends(&fixture).await;
    assert_eq!(fixture.database.query(SCANNED).await, before);
}

/// A plan that was made for an empty table must not read the whole line for every person who joins it.
#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_joining_does_not_grow_with_the_line() {
    const PEOPLE: u32 = 3_000;
    let fixture = PostgresFixture::new().await;
    let concert = Stage::new(fixture.ports()).concert().capacity(1).add().await;
    let rooms = &fixture.ports().rooms;
    let user = |n: u32| UserId::new(Uuid::from_u128(n.into()));
    for wave in 0..10 {
        let people = (wave * PEOPLE / 10 + 1)..=((wave + 1) * PEOPLE / 10);
        let joins = people.map(|n| rooms.join(JoinRoom { concert_id: concert.id, user_id: user(n) }));
        for joined in futures::future::join_all(joins).await {
            joined.unwrap();
        }
    }
    end_backends(&fixture).await;
    let read = "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables
                WHERE relname = 'passes'";
    let read: u32 = fixture.database.query(read).await.concat().parse().unwrap();
    assert!(read < PEOPLE * 2, "{read} rows were read");
}

/// Ends the connections: backends report what they have read when they end.
async fn end_backends(fixture: &PostgresFixture) {
    assert!(fixture.postgres.shut_down(Duration::from_secs(10)).await);
    let backends = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'seatline'";
    while fixture.database.query(backends).await != ["0"] {
        tokio::task::yield_now().await;
    }
}
