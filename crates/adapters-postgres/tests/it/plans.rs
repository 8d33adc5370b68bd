//! No statement on a request's path reads a table from end to end.

use std::time::Duration;

use seatline_domain::page::PageRequest;
use seatline_domain::queue::AdmitWaiting;
use seatline_test_support::{Fixture, Stage};

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
        ports.queue.updates([(concert.id, 0)].into()).await.unwrap();
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
    assert!(fixture.postgres.shut_down(Duration::from_secs(10)).await);
    // Backends report what they scanned when they end.
    let backends = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'seatline'";
    while fixture.database.query(backends).await != ["0"] {
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.database.query(SCANNED).await, before);
}
