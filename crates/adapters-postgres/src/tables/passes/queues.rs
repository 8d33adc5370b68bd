use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Number, Pass, Room, RoomStatus, policy};
use seatline_domain::working_set::{Footprint, LoadedPasses, TrackedRows};
use uuid::Uuid;

use super::{PassRow, pass_columns};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};
use crate::tables::{bigint, count};

row! {
    /// The number of active passes of a room.
    ActiveCountRow as active_count_columns {
        concert_id: Uuid => SqlUuid,
        active: i64 => BigInt = "(SELECT count(*) FROM passes AS active
                               WHERE active.concert_id = named.concert_id AND active.state = 'ACTIVE')",
    }
}

statement! {
    /// Counts the active passes of rooms.
    CountActive { concert_id: Vec<Uuid> => Array<SqlUuid> } -> ActiveCountRow;
    "SELECT ", active_count_columns!(named), "
     FROM ", arrays!(named: concert_id)
}

statement! {
    /// Reads the passes of those who are next in the queues of rooms.
    FindQueueHeads {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        now_serving: Vec<i64> => Array<BigInt>,
        people: Vec<i64> => Array<BigInt>,
    } -> PassRow;
    "SELECT ", pass_columns!(pass), "
     FROM ", arrays!(queue: concert_id, now_serving, people), "
     CROSS JOIN LATERAL (
         SELECT * FROM passes AS waiting
         WHERE waiting.concert_id = queue.concert_id AND waiting.number > queue.now_serving AND waiting.state = 'WAITING'
         ORDER BY waiting.number LIMIT queue.people
     ) AS pass"
}

statement! {
    /// Reads the next passes that an end of the line has ended, of those to which it was not written yet.
    FindEndedWithLine {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
        people: i64 => BigInt,
    } -> PassRow;
    "SELECT ", pass_columns!(pass), "
     FROM ", arrays!(line: concert_id, after, up_to), "
     CROSS JOIN (SELECT ? AS people) AS bound
     CROSS JOIN LATERAL (
         SELECT * FROM passes AS ended
         WHERE ended.concert_id = line.concert_id AND ended.number > line.after AND ended.number <= line.up_to
               AND ended.state = 'WAITING'
         ORDER BY ended.number LIMIT bound.people
     ) AS pass"
}

/// Counts the active passes of rooms, where that matters, and reads the heads of their queues.
pub(in crate::tables) async fn load_queues(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &TrackedRows<ConcertId, Room>,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    let nobody_waits = |concert_id: &&ConcertId| rooms.get(concert_id).is_some_and(|room| room.waiting == 0);
    let active_counts = footprint.active_counts.iter().filter(nobody_waits);
    let mut concert_id: Vec<Uuid> = active_counts.chain(&footprint.queue_heads).map(|id| id.uuid()).collect();
    concert_id.sort_unstable();
    concert_id.dedup();
    if concert_id.is_empty() {
        return Ok(());
    }
    for row in lease.load(CountActive { concert_id }).await? {
        passes.load_active(ConcertId::new(row.concert_id), count("number of active passes", row.active)?);
    }
    load_ended_with_line(lease, footprint, rooms, passes).await?;
    load_queue_heads(lease, footprint, rooms, passes).await
}

async fn load_ended_with_line(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &TrackedRows<ConcertId, Room>,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    let people = i64::from(policy::ADMISSIONS_PER_STEP);
    let mut statement =
        FindEndedWithLine { concert_id: Vec::new(), after: Vec::new(), up_to: Vec::new(), people };
    let mut found: HashMap<ConcertId, (Number, u32)> = HashMap::new();
    for concert_id in &footprint.queue_heads {
        let line_end = rooms.get(concert_id).and_then(|room| room.line_end);
        if let Some(line_end) = line_end.filter(|line_end| !line_end.is_written()) {
            statement.concert_id.push(concert_id.uuid());
            statement.after.push(bigint(line_end.written_up_to.get()));
            statement.up_to.push(bigint(line_end.up_to.get()));
            found.insert(*concert_id, (line_end.up_to, 0));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let ends: HashMap<ConcertId, Number> = found.iter().map(|(id, (up_to, _))| (*id, *up_to)).collect();
    for row in lease.load(statement).await? {
        let pass = Pass::try_from(row)?;
        if let Some((last, people)) = found.get_mut(&pass.concert_id) {
            (*last, *people) = (pass.number, *people + 1);
        }
        passes.load(pass);
    }
    for (concert_id, (last, found)) in found {
        let all = found < policy::ADMISSIONS_PER_STEP;
        let known = ends.get(&concert_id).filter(|_| all).copied().unwrap_or(last);
        passes.load_line_end(concert_id, known);
    }
    Ok(())
}

async fn load_queue_heads(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &TrackedRows<ConcertId, Room>,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    let mut statement =
        FindQueueHeads { concert_id: Vec::new(), now_serving: Vec::new(), people: Vec::new() };
    for concert_id in &footprint.queue_heads {
        let Some(room) = rooms.get(concert_id).filter(|room| room.status == RoomStatus::Open) else {
            continue;
        };
        let expired = u64::try_from(passes.expired(*concert_id, Timestamp::MAX_UTC).len()).unwrap_or(0);
        let active = passes.active_in(*concert_id).unwrap_or(u64::MAX).saturating_sub(expired);
        let vacancies = u64::from(room.settings.capacity.get()).saturating_sub(active);
        let people = vacancies.min(policy::ADMISSIONS_PER_STEP.into()).min(room.waiting);
        if people > 0 {
            statement.concert_id.push(concert_id.uuid());
            statement.now_serving.push(bigint(room.now_serving));
            statement.people.push(bigint(people));
        }
    }
    if statement.concert_id.is_empty() {
        return Ok(());
    }
    for row in lease.load(statement).await? {
        let pass = Pass::try_from(row)?;
        passes.load_queue_head(pass.concert_id, pass.number);
        passes.load(pass);
    }
    Ok(())
}
