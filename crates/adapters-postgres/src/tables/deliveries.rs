use std::time::Duration;

use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::event::{EventKind, EventPosition};
use seatline_domain::id::{EventId, WebhookId};
use seatline_domain::webhook::{Attempt, AttemptFailure, AttemptOutcome, Delivery, DeliveryState};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A delivery, with its event.
    DeliveryRow as delivery_columns {
        webhook_id: Uuid => SqlUuid,
        position: i64 => BigInt,
        state: String => Text,
        next_attempt_at: Option<Timestamp> => Nullable<Timestamptz>,
        attempted_at: Vec<Timestamp> => Array<Timestamptz>,
        answers: Vec<String> => Array<Text>,
        milliseconds: Vec<i32> => Array<Integer>,
    }
}

row! {
    /// A delivery and its event.
    ListedDeliveryRow as listed_delivery_columns {
        ..delivery: DeliveryRow as delivery_columns,
        event_id: Uuid => SqlUuid,
        kind: String => Text,
    }
}

statement! {
    /// Locks deliveries by their events.
    LockDeliveries {
        webhook_id: Vec<Uuid> => Array<SqlUuid>,
        event_id: Vec<Uuid> => Array<SqlUuid>,
    } -> ListedDeliveryRow;
    "SELECT ", delivery_columns!(deliveries), ", events.event_id, events.kind
     FROM ", arrays!(named: webhook_id, event_id), "
     JOIN events ON events.event_id = named.event_id
     JOIN deliveries ON deliveries.webhook_id = named.webhook_id AND deliveries.position = events.position
     ORDER BY deliveries.webhook_id, deliveries.position
     FOR UPDATE OF deliveries"
}

statement! {
    /// Reads one page of a webhook's deliveries, newest first.
    FindDeliveriesBefore {
        webhook_id: Uuid => SqlUuid,
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> ListedDeliveryRow;
    "SELECT ", listed_delivery_columns!(), "
     FROM deliveries JOIN events USING (position)
     WHERE webhook_id = ? AND position < ? ORDER BY position DESC LIMIT ?"
}

statement! {
    /// Makes deliveries pending once more, from the first attempt on.
    ReplayDelivery {
        next_attempt_at: Option<Timestamp> => Nullable<Timestamptz>,
        webhook_id: Uuid => SqlUuid,
        position: i64 => BigInt,
    };
    "UPDATE deliveries SET state = 'PENDING', failed_attempts = 0, next_attempt_at = ?
     WHERE webhook_id = ? AND position = ?"
}

/// The state in its column.
pub(super) const fn state_column(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "PENDING",
        DeliveryState::Delivered => "DELIVERED",
        DeliveryState::Failed => "FAILED",
    }
}

/// How an attempt ended in its column: the status, or why there is none.
pub(super) fn answer_column(answer: Result<u16, AttemptFailure>) -> String {
    match answer {
        Ok(status) => status.to_string(),
        Err(failure) => failure.name().to_owned(),
    }
}

fn answer(column: &str) -> Result<Result<u16, AttemptFailure>, CorruptRow> {
    if let Ok(status) = column.parse() {
        return Ok(Ok(status));
    }
    let failure = AttemptFailure::ALL.into_iter().find(|failure| failure.name() == column);
    failure.map(Err).ok_or_else(|| CorruptRow::new("answer to a delivery", column))
}

impl TryFrom<ListedDeliveryRow> for Delivery {
    type Error = CorruptRow;

    fn try_from(row: ListedDeliveryRow) -> Result<Self, CorruptRow> {
        let ListedDeliveryRow { delivery, event_id, kind } = row;
        let made = delivery.attempted_at.into_iter().zip(delivery.answers).zip(delivery.milliseconds);
        let attempts = made.map(|((at, column), milliseconds)| {
            let took = Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default());
            Ok(Attempt { at, outcome: AttemptOutcome { answer: answer(&column)?, took } })
        });
        Ok(Self {
            webhook_id: WebhookId::new(delivery.webhook_id),
            position: EventPosition::new(delivery.position),
            event_id: EventId::new(event_id),
            kind: EventKind::parse(&kind).map_err(|_| CorruptRow::new("kind of an event", kind))?,
            state: match delivery.state.as_str() {
                "PENDING" => DeliveryState::Pending,
                "DELIVERED" => DeliveryState::Delivered,
                "FAILED" => DeliveryState::Failed,
                _ => return Err(CorruptRow::new("state of a delivery", delivery.state)),
            },
            attempts: attempts.collect::<Result<_, CorruptRow>>()?,
            next_attempt_at: delivery.next_attempt_at,
        })
    }
}

/// Locks deliveries.
pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    deliveries: &mut TrackedRows<(WebhookId, EventId), Delivery>,
) -> Result<(), Failure> {
    if footprint.deliveries.is_empty() {
        return Ok(());
    }
    let named = footprint.deliveries.iter().map(|(webhook, event)| (webhook.uuid(), event.uuid()));
    let (webhook_id, event_id) = named.unzip();
    // Few batches have any: none is to carry the room for it. So with what is stored.
    for row in Box::pin(lease.load(LockDeliveries { webhook_id, event_id })).await? {
        let delivery = Delivery::try_from(row)?;
        deliveries.load((delivery.webhook_id, delivery.event_id), delivery);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    for delivery in set.deliveries.changed() {
        let replay = ReplayDelivery {
            next_attempt_at: delivery.next_attempt_at,
            webhook_id: delivery.webhook_id.uuid(),
            position: delivery.position.get(),
        };
        Box::pin(lease.execute(replay)).await?;
    }
    Ok(())
}
