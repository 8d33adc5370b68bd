//! No statement on a request's path reads a table from end to end.

use std::time::Duration;

use chrono::TimeDelta;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{
    CreateOperatorKeyCommand, DeleteOperatorKeyCommand, JoinQueueCommand, RemovePassesCommand,
};
use seatline_domain::id::{AuditEntryId, OperatorKeyId, UserId};
use seatline_domain::operator_key::{OperatorKeyHash, Role};
use seatline_domain::page::PageRequest;
use seatline_domain::ports::Deliveries;
use seatline_domain::text::Text;
use seatline_domain::user::{AccessTokenHash, policy};
use seatline_domain::webhook::AttemptOutcome;
use seatline_test_support::history::Journey;
use seatline_test_support::{Fixture, Setup};
use uuid::Uuid;

use crate::fixture::PostgresFixture;
use crate::reads::{Reads, end_backends};

/// Tables that grow with people, seats and payments.
const SCANNED: &str = "
    SELECT format('%s: %s scans of %s rows', relname, seq_scan, seq_tup_read) FROM pg_stat_user_tables
    WHERE relname IN ('passes', 'seats', 'reservations', 'reservation_seats', 'wallets', 'ledger_entries', 'payments',
                      'users', 'idempotency_keys', 'audit_entries', 'performances', 'idle_accounts',
                      'check_ins')
      AND seq_scan > 0";

#[tokio::test(flavor = "multi_thread")]
async fn hot_statements_find_their_rows_by_index() {
    let fixture = PostgresFixture::new().await;
    let before = fixture.database.query(SCANNED).await;
    let setup = Setup::new(fixture.ports());
    Journey::prepare(setup).await.play(setup, 0).await;
    end_backends(&fixture).await;
    assert_eq!(fixture.database.query(SCANNED).await, before);
}

/// Gates send their key with each request, and there may be many old ones.
#[tokio::test(flavor = "multi_thread")]
async fn operators_keys_are_found_by_index() {
    const SCANNED: &str = "
        SELECT format('%s scans of %s rows', seq_scan, seq_tup_read) FROM pg_stat_user_tables
        WHERE relname = 'operator_keys'";
    let fixture = PostgresFixture::new().await;
    let keys = &fixture.ports().operator_keys;
    let before = fixture.database.query(SCANNED).await;
    let key = keys.create(operator_key(1)).await.unwrap().value;
    assert_eq!(keys.with_hash(key.hash).await, Ok(Some(key.clone())));
    assert_eq!(keys.of_operators(vec![key.operator()]).await, Ok(vec![key.clone()]));
    assert_eq!(keys.keys(PageRequest::first()).await.unwrap().items, std::slice::from_ref(&key));
    keys.delete(DeleteOperatorKeyCommand { id: key.id, stamp: stamp(2) }).await.unwrap();
    end_backends(&fixture).await;
    assert_eq!(fixture.database.query(SCANNED).await, before);
}

fn stamp(number: u8) -> AuditStamp {
    let entry_id = AuditEntryId::new(Uuid::from_u128(number.into()));
    AuditStamp { entry_id, operator: OperatorId::SEATLINE }
}

fn operator_key(number: u8) -> CreateOperatorKeyCommand {
    CreateOperatorKeyCommand {
        id: OperatorKeyId::new(Uuid::from_u128(number.into())),
        name: Text::parse("North gate").unwrap(),
        role: Role::Gate,
        hash: OperatorKeyHash::new([number; 32]),
        stamp: stamp(number),
        key: None,
    }
}

/// Removal is in no hurry, but must not read what is kept.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_is_found_by_index() {
    const PEOPLE: usize = 20;
    let keep = TimeDelta::days(90);
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let concert = setup.sale().add_concert().await;
    for _ in 0..PEOPLE {
        setup.user_in_line(&concert, 0).await.leave().await.unwrap();
    }
    setup.sale().starts_in(-keep).add_performance(&concert).await;
    fixture.pass_time(keep).await;
    fixture.ports().idle_accounts.find_idle(None, keep, 500).await.unwrap();
    fixture.pass_time(policy::IDLE_GRACE).await;
    end_backends(&fixture).await;
    let before = fixture.database.query(SCANNED).await;
    let fixture = fixture.reconnected();
    let ports = fixture.ports();
    ports.accounts.user_with_token(AccessTokenHash::new([1; 32])).await.unwrap();
    assert_eq!(ports.idle_accounts.find_idle(None, keep, 500).await, Ok(None));
    assert_eq!(ports.idle_accounts.remove_idle(keep, 500).await.unwrap().removed, PEOPLE);
    for room in ports.queue.closed_rooms(keep, 10).await.unwrap() {
        assert_eq!(ports.rooms.remove_passes(RemovePassesCommand { room, keep }).await, Ok(20));
    }
    end_backends(&fixture).await;
    assert_eq!(fixture.database.query(SCANNED).await, before);
}

/// A plan that was made for an empty table must not read the whole queue for every person who joins it.
#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_joining_does_not_grow_with_the_queue() {
    const PEOPLE: u32 = 3_000;
    let fixture = PostgresFixture::new().await;
    let concert = Setup::new(fixture.ports()).sale().capacity(1).add_concert().await;
    let rooms = &fixture.ports().rooms;
    let user = |n: u32| UserId::new(Uuid::from_u128(n.into()));
    for wave in 0..10 {
        let people = (wave * PEOPLE / 10 + 1)..=((wave + 1) * PEOPLE / 10);
        let joins = people.map(|n| {
            rooms.join(JoinQueueCommand {
                concert_id: concert.id,
                user_id: user(n),
                seats_left: None,
                key: None,
            })
        });
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

/// Nor for every person who asks whether it is their turn, whatever the tables were like when it was planned.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_their_turn_reads_their_own_pass() {
    const PEOPLE: u32 = 300;
    let fixture = PostgresFixture::new().await;
    let concert = Setup::new(fixture.ports()).sale().capacity(1_000).add_concert().await;
    let join = |n: u32| {
        let user_id = UserId::new(Uuid::from_u128(n.into()));
        fixture.ports().rooms.join(JoinQueueCommand {
            concert_id: concert.id,
            user_id,
            seats_left: None,
            key: None,
        })
    };
    let joined = futures::future::try_join_all((1..=PEOPLE).map(join)).await.unwrap();
    end_backends(&fixture).await;
    let before = Reads::of(&fixture.database).await;
    let fixture = fixture.reconnected();
    let asked = joined.iter().map(|joined| fixture.ports().queue.pass(concert.id, joined.pass.number));
    assert!(futures::future::join_all(asked).await.into_iter().all(|pass| pass.unwrap().is_some()));
    end_backends(&fixture).await;
    let read = Reads::of(&fixture.database).await.since(&before);
    let more = read.beyond(&Reads::default(), u64::from(PEOPLE) * 2);
    assert!(more.is_empty(), "{more:?}");
}

/// Very many deliveries wait while a receiver is down, and the plans may be of a time when there were few.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_reads_no_others_than_those_of_its_subject() {
    const WAITING: u64 = 5_000;
    let webhook = Uuid::nil();
    let wait = |first: u64, last: u64| {
        format!(
            "INSERT INTO events (position, event_id, kind, subject, at, published_at, data)
             SELECT place, gen_random_uuid(), 'charge.completed', md5(place::text)::uuid, now(), now(), '{{}}'
             FROM generate_series({first}, {last}) AS place;
             INSERT INTO deliveries (webhook_id, position, subject, state, next_attempt_at)
             SELECT '{webhook}', place, md5(place::text)::uuid, 'PENDING', CASE WHEN place < {first} + 32 THEN now() END
             FROM generate_series({first}, {last}) AS place"
        )
    };
    let fixture = PostgresFixture::new().await;
    let add_webhook = format!(
        "INSERT INTO webhooks (webhook_id, url, kinds, enabled, secret, created_at)
         VALUES ('{webhook}', 'https://example.com', '{{charge.completed}}', true, decode(repeat('00', 32), 'hex'), now());
         INSERT INTO webhook_leases (webhook_id) VALUES ('{webhook}')"
    );
    fixture.database.execute(&add_webhook).await;
    fixture.database.execute(&wait(1, 32)).await;
    let before = Reads::of(&fixture.database).await;
    let deliveries = &fixture.postgres;
    let lease = deliveries.lease(Uuid::from_u128(1), 1).await.unwrap().pop().unwrap();
    for round in 0..2 {
        if round == 1 {
            fixture.database.execute(&wait(101, 100 + WAITING)).await;
        }
        // Both connections have done it before.
        for _ in 0..4 {
            let due = deliveries.due(&lease, &[], 8).await.unwrap().unwrap();
            assert_eq!(due.len(), 8);
            let delivered = || AttemptOutcome { answer: Ok(200), took: Duration::from_millis(5) };
            let settled = due.iter().map(|due| due.settled(delivered())).collect();
            deliveries.record(&lease, settled).await.unwrap().unwrap();
        }
    }
    end_backends(&fixture).await;
    let read = Reads::of(&fixture.database).await.since(&before);
    assert_eq!(read.beyond(&Reads::default(), WAITING / 4), Vec::<String>::new());
}
