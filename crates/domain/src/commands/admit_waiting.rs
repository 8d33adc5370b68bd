use super::Command;
use crate::Timestamp;
use crate::id::ConcertId;
use crate::queue::{LineEnd, Number, PassEnd, policy};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// One step of admission: expires the passes whose time is up, then admits the next people in line, as many as the
/// capacity and the rate allow, at most [`policy::ADMISSIONS_PER_STEP`]. Where the line has ended, that is written down to as
/// many passes.
#[derive(Debug, Clone)]
pub struct AdmitWaitingCommand {
    /// The concert waited for.
    pub concert_id: ConcertId,
}

/// What a step of admission did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted {
    /// The numbers admitted, in order.
    pub numbers: Vec<Number>,
    /// How many passes had expired.
    pub expired: u64,
}

impl Command for AdmitWaitingCommand {
    type Success = Admitted;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.queue_heads.insert(self.concert_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Admitted, StorageError> {
        if set.rooms.get(&self.concert_id).is_none() {
            return Ok(Admitted::default());
        }
        let expired = set.passes.expired(self.concert_id, now);
        for number in &expired {
            set.passes.end(self.concert_id, *number, PassEnd::Expired, now);
        }
        write_line_end(set, self.concert_id);
        let numbers = admit_next(set, self.concert_id, now);
        Ok(Admitted { numbers, expired: u64::try_from(expired.len()).unwrap_or(u64::MAX) })
    }
}

fn write_line_end(set: &mut WorkingSet, concert_id: ConcertId) {
    let line_end = set.rooms.get(&concert_id).and_then(|room| room.line_end);
    let Some(line_end) = line_end.filter(|line_end| !line_end.is_written()) else { return };
    let passes_max = usize::try_from(policy::ADMISSIONS_PER_STEP).unwrap_or(usize::MAX);
    let written_up_to = set.passes.write_line_end(concert_id, &line_end, passes_max);
    if written_up_to > line_end.written_up_to
        && let Some(room) = set.rooms.get_mut(&concert_id)
    {
        room.line_end = Some(LineEnd { written_up_to, ..line_end });
    }
}

fn admit_next(set: &mut WorkingSet, concert_id: ConcertId, now: Timestamp) -> Vec<Number> {
    let active = set.passes.active_in(concert_id);
    let Some(room) = set.rooms.get_mut(&concert_id) else { return Vec::new() };
    let settings = room.settings;
    let people = room.vacancies(active, now).min(policy::ADMISSIONS_PER_STEP.into());
    let next = set.passes.next_in_line(concert_id, Number::new(room.now_serving), people);
    for number in &next {
        set.passes.admit(concert_id, *number, &settings, now);
        room.serve(*number);
    }
    room.throttle.consume(settings.admit_per_minute, u64::try_from(next.len()).unwrap_or(u64::MAX), now);
    next
}
