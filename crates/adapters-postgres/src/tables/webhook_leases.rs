//! What the holder of a webhook's lease reads and writes.

use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::event::PublishedEvent;
use seatline_domain::webhook::{DeliveryState, DueDelivery, SettledDelivery};
use uuid::Uuid;

use super::CorruptRow;
use super::deliveries::{answer_column, state_column};
use super::events::{DueRow, due_columns, event_columns};
use super::webhooks::{LeasedRow, leased_columns, webhook_columns};
use crate::statement::{arrays, row, statement};

row! {
    /// Since when a webhook has failed, and the present.
    FailingRow as failing_columns {
        failing_since: Option<Timestamp> => Nullable<Timestamptz>,
        now: Timestamp => Timestamptz = "clock_timestamp()",
    }
}

statement! {
    /// Takes the leases of webhooks that have something due and that nobody holds. Passes over those that somebody else takes
    /// at the moment.
    TakeLeases {
        limit: i64 => BigInt,
        holder: Uuid => SqlUuid,
    } -> LeasedRow;
    "WITH free AS (
         SELECT leases.webhook_id FROM webhook_leases AS leases JOIN webhooks ON webhooks.webhook_id = leases.webhook_id
         WHERE webhooks.enabled AND webhooks.deleted_at IS NULL
               AND (leases.leased_until IS NULL OR leases.leased_until <= clock_timestamp())
               AND EXISTS (SELECT FROM deliveries
                           WHERE deliveries.webhook_id = leases.webhook_id AND state = 'PENDING'
                                 AND next_attempt_at <= statement_timestamp())
         ORDER BY leases.webhook_id LIMIT ? FOR UPDATE OF leases SKIP LOCKED),
     taken AS (
         UPDATE webhook_leases SET holder = ?, leased_until = clock_timestamp() + INTERVAL '5 seconds'
         FROM free WHERE webhook_leases.webhook_id = free.webhook_id RETURNING webhook_leases.webhook_id)
     SELECT ", leased_columns!(), " FROM webhooks JOIN taken USING (webhook_id)"
}

statement! {
    /// Prolongs a lease, unless somebody else has it or its webhook is not delivered to any more. Locks it.
    ProlongLease {
        webhook_id: Uuid => SqlUuid,
        holder: Uuid => SqlUuid,
    };
    "UPDATE webhook_leases SET leased_until = clock_timestamp() + INTERVAL '5 seconds'
     WHERE webhook_id = ? AND holder = ?
           AND EXISTS (SELECT FROM webhooks WHERE webhooks.webhook_id = webhook_leases.webhook_id
                                                  AND enabled AND deleted_at IS NULL)"
}

statement! {
    /// Locks a lease, unless somebody else has it.
    LockLease {
        webhook_id: Uuid => SqlUuid,
        holder: Uuid => SqlUuid,
    };
    "UPDATE webhook_leases SET leased_until = clock_timestamp() + INTERVAL '5 seconds'
     WHERE webhook_id = ? AND holder = ?"
}

statement! {
    /// Gives a lease back.
    ReleaseLease {
        webhook_id: Uuid => SqlUuid,
        holder: Uuid => SqlUuid,
    };
    "UPDATE webhook_leases SET holder = NULL, leased_until = NULL WHERE webhook_id = ? AND holder = ?"
}

/// The first place that is pending of a delivery's webhook and subject. It is asked for in the order of `deliveries_pending`,
/// which no other index has: whatever the statistics say, PostgreSQL reads one row, and not all that is pending.
macro_rules! first_pending {
    ($of:ident) => {
        concat!(
            "(SELECT CASE WHEN first.webhook_id = ",
            stringify!($of),
            ".webhook_id AND first.subject = ",
            stringify!($of),
            ".subject THEN first.position END
              FROM (SELECT webhook_id, subject, position FROM deliveries AS pending
                    WHERE state = 'PENDING' AND (webhook_id, subject, position) >= (",
            stringify!($of),
            ".webhook_id, ",
            stringify!($of),
            ".subject, 0::bigint)
                    ORDER BY webhook_id, subject, position LIMIT 1) AS first)"
        )
    };
}

statement! {
    /// Reads what is due and not under way, those first that have been due for longest. What waits for an earlier event of the
    /// same subject is not due any more.
    FindDue {
        webhook_id: Uuid => SqlUuid,
        under_way: Vec<i64> => Array<BigInt>,
        limit: i64 => BigInt,
    } -> DueRow;
    "WITH due AS MATERIALIZED (
         SELECT webhook_id, position, failed_attempts, next_attempt_at,
                coalesce(", first_pending!(deliveries), " < position, false) AS waits
         FROM deliveries
         WHERE webhook_id = ? AND state = 'PENDING' AND next_attempt_at <= statement_timestamp()
               AND position <> ALL (?)
         ORDER BY next_attempt_at, position LIMIT ?),
     waiting AS (
         UPDATE deliveries SET next_attempt_at = NULL FROM due
         WHERE deliveries.webhook_id = due.webhook_id AND deliveries.position = due.position AND waits)
     SELECT ", due_columns!(), "
     FROM due JOIN events USING (position) ORDER BY next_attempt_at, position"
}

statement! {
    /// Records attempts.
    RecordAttempts {
        webhook_id: Uuid => SqlUuid,
        position: Vec<i64> => Array<BigInt>,
        state: Vec<&'static str> => Array<Text>,
        failed_attempts: Vec<i32> => Array<Integer>,
        retry_after: Vec<Option<i32>> => Array<Nullable<Integer>>,
        answer: Vec<String> => Array<Text>,
        milliseconds: Vec<i32> => Array<Integer>,
    };
    "WITH settled AS MATERIALIZED (
         SELECT attempts.*, ?::uuid AS webhook_id FROM ", arrays!(attempts:
         position, state, failed_attempts, retry_after, answer, milliseconds
     ), ")
     UPDATE deliveries
     SET state = settled.state, failed_attempts = settled.failed_attempts,
         next_attempt_at = clock_timestamp() + make_interval(secs => settled.retry_after),
         attempted_at = array_append(deliveries.attempted_at,
                                     clock_timestamp() - make_interval(secs => settled.milliseconds / 1000.0)),
         answers = array_append(deliveries.answers, settled.answer),
         milliseconds = array_append(deliveries.milliseconds, settled.milliseconds)
     FROM settled
     WHERE deliveries.webhook_id = settled.webhook_id AND deliveries.position = settled.position"
}

statement! {
    /// Makes due what waited for deliveries that are not pending any more. What is next is found first, once for each:
    /// otherwise PostgreSQL may do so for everything that is pending.
    ReleaseWaiting {
        position: Vec<i64> => Array<BigInt>,
        webhook_id: Uuid => SqlUuid,
    };
    "WITH next AS MATERIALIZED (
         SELECT settled.webhook_id, ", first_pending!(settled), " AS position
         FROM ", arrays!(named: position), " CROSS JOIN LATERAL (
             SELECT * FROM deliveries WHERE webhook_id = ? AND position = named.position LIMIT 1) AS settled)
     UPDATE deliveries SET next_attempt_at = clock_timestamp() FROM next
     WHERE deliveries.webhook_id = next.webhook_id AND deliveries.position = next.position
           AND deliveries.next_attempt_at IS NULL"
}

statement! {
    /// Notes since when every attempt has failed.
    NoteFailures {
        delivered: bool => Bool,
        webhook_id: Uuid => SqlUuid,
    } -> FailingRow;
    "UPDATE webhook_leases
     SET failing_since = CASE WHEN ? THEN NULL ELSE coalesce(failing_since, clock_timestamp()) END
     WHERE webhook_id = ?
     RETURNING ", failing_columns!()
}

/// A delivery that is due; `None` when it waits.
pub(crate) fn due_delivery(row: DueRow) -> Result<Option<DueDelivery>, CorruptRow> {
    if row.waits {
        return Ok(None);
    }
    let failed_attempts = u32::try_from(row.failed_attempts).unwrap_or_default();
    Ok(Some(DueDelivery { event: PublishedEvent::try_from(row.event)?, failed_attempts }))
}

impl RecordAttempts {
    /// The statement that records attempts of a webhook.
    pub(crate) fn of(webhook_id: Uuid, settled: &[SettledDelivery]) -> Self {
        Self {
            position: settled.iter().map(|settled| settled.position.get()).collect(),
            state: settled.iter().map(|settled| state_column(settled.state)).collect(),
            failed_attempts: settled.iter().map(|settled| super::integer(settled.failed_attempts)).collect(),
            retry_after: settled
                .iter()
                .map(|settled| {
                    settled.retry_after.map(|after| i32::try_from(after.as_secs()).unwrap_or(i32::MAX))
                })
                .collect(),
            answer: settled.iter().map(|settled| answer_column(settled.outcome.answer)).collect(),
            milliseconds: settled
                .iter()
                .map(|settled| i32::try_from(settled.outcome.took.as_millis()).unwrap_or(i32::MAX))
                .collect(),
            webhook_id,
        }
    }
}

impl ReleaseWaiting {
    /// The statement that makes due what waited for these.
    pub(crate) fn of(webhook_id: Uuid, settled: &[SettledDelivery]) -> Self {
        let ended = settled.iter().filter(|settled| settled.state != DeliveryState::Pending);
        Self { webhook_id, position: ended.map(|settled| settled.position.get()).collect() }
    }
}
