use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::queue::{Pass, PassEnd, PassState};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::pass_columns;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, statement};
use crate::tables::bigint;

statement! {
    /// Adds passes.
    InsertPasses {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i64> => Array<BigInt>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
        state: Vec<&'static str> => Array<Text>,
        issued_at: Vec<Timestamp> => Array<Timestamptz>,
        admitted_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        show_up_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        departure: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        ends_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "INSERT INTO passes (", pass_columns!(), ")
     SELECT ", pass_columns!(unnest)
}

statement! {
    /// Writes changed passes. What is not given any more (`expires_at` and `ends_by` of an ended pass) stays as it was.
    UpdatePasses {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i64> => Array<BigInt>,
        state: Vec<&'static str> => Array<Text>,
        admitted_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        show_up_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        departure: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        ends_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "UPDATE passes AS pass
     SET state = new.state, admitted_at = new.admitted_at, expires_at = coalesce(new.expires_at, pass.expires_at),
         show_up_by = new.show_up_by, ended_at = new.ended_at, departure = new.departure,
         ends_by = coalesce(new.ends_by, pass.ends_by)
     FROM ", arrays!(new:
         concert_id, number, state, admitted_at, expires_at, show_up_by, ended_at, departure, ends_by
     ), "
     WHERE pass.concert_id = new.concert_id AND pass.number = new.number"
}

statement! {
    /// Removes the passes of rooms after a number, up to another.
    DeletePasses {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
    };
    "DELETE FROM passes USING ", arrays!(removed: concert_id, after, up_to), "
     WHERE passes.concert_id = removed.concert_id AND passes.number > removed.after
           AND passes.number <= removed.up_to"
}

/// The columns that a pass's state is stored in.
struct StateColumns {
    state: &'static str,
    admitted_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    show_up_by: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    ends_by: Option<Timestamp>,
}

impl StateColumns {
    fn of(state: PassState) -> Self {
        match state {
            PassState::Waiting => Self {
                state: "WAITING",
                admitted_at: None,
                expires_at: None,
                show_up_by: None,
                ended_at: None,
                ends_by: None,
            },
            PassState::Active { admitted_at, expires_at, show_up_by, ends_by } => Self {
                state: "ACTIVE",
                admitted_at: Some(admitted_at),
                expires_at: Some(expires_at),
                show_up_by,
                ended_at: None,
                ends_by: Some(ends_by),
            },
            PassState::Ended { end, at, admitted_at } => Self {
                state: match end {
                    PassEnd::Completed => "COMPLETED",
                    PassEnd::Expired => "EXPIRED",
                    PassEnd::Left => "LEFT",
                    PassEnd::LineEnded => "ENDED",
                },
                admitted_at,
                expires_at: None,
                show_up_by: None,
                ended_at: Some(at),
                ends_by: None,
            },
        }
    }
}

pub(in crate::tables) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    delete(lease, set).await?;
    let added: Vec<&Pass> = set.passes.added().collect();
    if !added.is_empty() {
        let columns: Vec<StateColumns> = added.iter().map(|pass| StateColumns::of(pass.state)).collect();
        let insert = InsertPasses {
            concert_id: added.iter().map(|pass| pass.concert_id.uuid()).collect(),
            number: added.iter().map(|pass| bigint(pass.number.get())).collect(),
            user_id: added.iter().map(|pass| pass.user_id.uuid()).collect(),
            state: columns.iter().map(|column| column.state).collect(),
            issued_at: added.iter().map(|pass| pass.issued_at).collect(),
            admitted_at: columns.iter().map(|column| column.admitted_at).collect(),
            expires_at: columns.iter().map(|column| column.expires_at).collect(),
            show_up_by: columns.iter().map(|column| column.show_up_by).collect(),
            ended_at: columns.iter().map(|column| column.ended_at).collect(),
            departure: added.iter().map(|pass| pass.departure.map(bigint)).collect(),
            ends_by: columns.iter().map(|column| column.ends_by).collect(),
        };
        // Changed passes first: a pass that ended makes room for its user's next one.
        update(lease, set).await?;
        lease.execute(insert).await?;
        return Ok(());
    }
    update(lease, set).await
}

async fn update(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Pass> = set.passes.changed().collect();
    if changed.is_empty() {
        return Ok(());
    }
    let columns: Vec<StateColumns> = changed.iter().map(|pass| StateColumns::of(pass.state)).collect();
    let update = UpdatePasses {
        concert_id: changed.iter().map(|pass| pass.concert_id.uuid()).collect(),
        number: changed.iter().map(|pass| bigint(pass.number.get())).collect(),
        state: columns.iter().map(|column| column.state).collect(),
        admitted_at: columns.iter().map(|column| column.admitted_at).collect(),
        expires_at: columns.iter().map(|column| column.expires_at).collect(),
        show_up_by: columns.iter().map(|column| column.show_up_by).collect(),
        ended_at: columns.iter().map(|column| column.ended_at).collect(),
        departure: changed.iter().map(|pass| pass.departure.map(bigint)).collect(),
        ends_by: columns.iter().map(|column| column.ends_by).collect(),
    };
    lease.execute(update).await?;
    Ok(())
}

/// Removes the passes that a room has gone past since it was loaded.
async fn delete(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let removed = set.rooms.changes().filter(|(before, after)| after.removed_up_to > before.removed_up_to);
    let mut delete = DeletePasses { concert_id: Vec::new(), after: Vec::new(), up_to: Vec::new() };
    for (before, after) in removed {
        delete.concert_id.push(after.concert_id.uuid());
        delete.after.push(bigint(before.removed_up_to));
        delete.up_to.push(bigint(after.removed_up_to));
    }
    if !delete.concert_id.is_empty() {
        lease.execute(delete).await?;
    }
    Ok(())
}
