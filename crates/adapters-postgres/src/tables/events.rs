use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::event::{EventKind, EventPosition, PublishedEvent};
use seatline_domain::id::EventId;
use seatline_domain::working_set::{Footprint, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::event_data::data;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A published event.
    EventRow as event_columns {
        position: i64 => BigInt,
        event_id: Uuid => SqlUuid,
        kind: String => Text,
        at: Timestamp => Timestamptz,
        data: String => Text,
    }
}

row! {
    /// A delivery that is due, or waits for an earlier one.
    DueRow as due_columns {
        ..event: EventRow as event_columns,
        failed_attempts: i32 => Integer,
        waits: bool => Bool,
    }
}

row! {
    /// What waits to be delivered.
    BacklogRow as backlog_columns {
        pending: i64 => BigInt,
        oldest_ms: i64 => BigInt,
    }
}

statement! {
    /// Finds an event that was told and is not published.
    FindTold {} -> i64;
    "SELECT sequence FROM outbox ORDER BY sequence LIMIT 1"
}

statement! {
    /// Tells events.
    InsertEvents {
        event_id: Vec<Uuid> => Array<SqlUuid>,
        kind: Vec<&'static str> => Array<Text>,
        subject: Vec<Uuid> => Array<SqlUuid>,
        at: Vec<Timestamp> => Array<Timestamptz>,
        data: Vec<String> => Array<Text>,
    };
    "INSERT INTO outbox (event_id, kind, subject, at, data) SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)"
}

statement! {
    /// Makes sure that nobody else gives places out until the commit; gives nothing where somebody does.
    LockEventFeed {} -> i64;
    "SELECT last_position FROM event_feed FOR UPDATE SKIP LOCKED"
}

statement! {
    /// Makes sure that nobody else gives places out until the commit: waits for who does.
    AwaitEventFeed {} -> i64;
    "SELECT last_position FROM event_feed FOR UPDATE"
}

statement! {
    /// Publishes the next events that were told: those that some webhook wants, or all.
    PublishEvents {
        limit: i64 => BigInt,
        all: bool => Bool,
    } -> i64;
    "WITH taken AS (
         DELETE FROM outbox WHERE sequence = ANY (ARRAY(SELECT sequence FROM outbox ORDER BY sequence LIMIT ?))
         RETURNING sequence, event_id, kind, subject, at, data),
     wanting AS (SELECT webhook_id, kinds FROM webhooks WHERE enabled AND deleted_at IS NULL),
     kept AS (
         SELECT row_number() OVER (ORDER BY sequence) AS place, event_id, kind, subject, at, data FROM taken
         WHERE ? OR EXISTS (SELECT FROM wanting WHERE kind = ANY (kinds))),
     placed AS (
         INSERT INTO events (position, event_id, kind, subject, at, published_at, data)
         SELECT last_position + place, event_id, kind, subject, at, statement_timestamp(), data
         FROM kept, event_feed
         RETURNING position, kind, subject),
     given AS (
         INSERT INTO deliveries (webhook_id, position, subject, state, next_attempt_at)
         SELECT webhook_id, position, subject, 'PENDING', statement_timestamp()
         FROM placed JOIN wanting ON kind = ANY (kinds)),
     counted AS (UPDATE event_feed SET last_position = last_position + (SELECT count(*) FROM kept)
                 WHERE EXISTS (SELECT FROM kept))
     SELECT count(*) FROM taken"
}

statement! {
    /// Reads the events after a place.
    FindEventsAfter {
        position: i64 => BigInt,
        limit: i64 => BigInt,
    } -> EventRow;
    "SELECT ", event_columns!(), " FROM events WHERE position > ? ORDER BY position LIMIT ?"
}

statement! {
    /// Removes the oldest events that were published up to an instant, with their deliveries.
    DeleteEvents {
        limit: i64 => BigInt,
        published_until: Timestamp => Timestamptz,
    } -> i64;
    "WITH oldest AS (SELECT position, published_at FROM events ORDER BY position LIMIT ?),
     gone AS (DELETE FROM events USING oldest
              WHERE events.position = oldest.position AND oldest.published_at <= ?
              RETURNING events.position),
     undelivered AS (DELETE FROM deliveries USING gone, webhooks
                     WHERE deliveries.webhook_id = webhooks.webhook_id AND deliveries.position = gone.position)
     SELECT count(*) FROM gone"
}

statement! {
    /// Counts what is pending, up to a bound, and says how old the oldest is.
    CountBacklog { limit: i64 => BigInt } -> BacklogRow;
    "SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'PENDING' LIMIT ?) AS pending) AS pending,
            coalesce(floor(1000 * extract(epoch FROM clock_timestamp() - least(
                (SELECT at FROM outbox ORDER BY sequence LIMIT 1),
                (SELECT min(events.at) FROM webhooks, LATERAL (
                     SELECT at FROM deliveries JOIN events USING (position)
                     WHERE deliveries.webhook_id = webhooks.webhook_id AND deliveries.state = 'PENDING'
                           AND deliveries.next_attempt_at IS NOT NULL
                     ORDER BY deliveries.next_attempt_at LIMIT 1) AS events
                 WHERE enabled AND deleted_at IS NULL)))), -1)::bigint AS oldest_ms"
}

impl TryFrom<EventRow> for PublishedEvent {
    type Error = CorruptRow;

    fn try_from(row: EventRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            position: EventPosition::new(row.position),
            id: EventId::new(row.event_id),
            kind: EventKind::parse(&row.kind).map_err(|_| CorruptRow::new("kind of an event", row.kind))?,
            at: row.at,
            data: row.data,
        })
    }
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    if set.events.all().is_empty() {
        return Ok(());
    }
    // Few services have any: none is to carry the room for it.
    Box::pin(insert(lease, set)).await
}

/// A new id that begins with the instant of its event.
fn id_at(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, at.timestamp_subsec_nanos()))
}

async fn insert(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let events = set.events.all();
    let insert = InsertEvents {
        event_id: events.iter().map(|event| id_at(event.at)).collect(),
        kind: events.iter().map(|event| event.body.kind().name()).collect(),
        subject: events.iter().map(seatline_domain::event::Event::subject).collect(),
        at: events.iter().map(|event| event.at).collect(),
        data: events.iter().map(|event| data(&event.body)).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

/// Publishes the next events that were told, unless somebody else does so; gives their number.
pub(crate) async fn publish(lease: &Lease, limit: i64, all: bool) -> Result<i64, Failure> {
    if lease.load(LockEventFeed {}).await?.is_empty() {
        return Ok(0);
    }
    publish_next(lease, limit, all).await
}

/// Publishes what was told before webhooks are changed, so that it goes to those who wanted it then.
pub(crate) async fn publish_before_change(
    lease: &Lease,
    footprint: &Footprint,
    all: bool,
) -> Result<(), Failure> {
    const LIMIT: i64 = 1_000;
    const STEPS: usize = 100;
    if footprint.webhooks.is_empty() {
        return Ok(());
    }
    lease.load(AwaitEventFeed {}).await?;
    for _ in 0..STEPS {
        if publish_next(lease, LIMIT, all).await? < LIMIT {
            break;
        }
    }
    Ok(())
}

async fn publish_next(lease: &Lease, limit: i64, all: bool) -> Result<i64, Failure> {
    let published = lease.load(PublishEvents { limit, all }).await?;
    Ok(published.into_iter().next().unwrap_or_default())
}
