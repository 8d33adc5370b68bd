use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditAction, Fact, Facts};
use seatline_domain::id::ConcertId;
use seatline_domain::invariant::Invariant;
use seatline_domain::queue::{Pass, PassState, Room};

use super::State;
use super::inspection::Findings;

impl State {
    /// I9: everybody up to the number that is served was admitted or has left, and nobody beyond it was admitted.
    pub(super) fn inspect_lines(&self, findings: &mut Findings) {
        for (concert_id, room) in self.set.rooms.iter() {
            let mut waiting = 0;
            for pass in self.passes_of(*concert_id) {
                let pass = &pass.clone().after_line_end(room.line_end.as_ref());
                let waits = pass.state == PassState::Waiting;
                let served = pass.number.get() <= room.now_serving;
                let in_order = if served { !waits } else { admitted_at(pass).is_none() };
                let subject = format!("{concert_id} number {}", pass.number);
                findings.expect(in_order, Invariant::I9, subject);
                waiting += u64::from(waits);
            }
            let given = self.passes_of(*concert_id).map(|pass| pass.number.get());
            findings.expect(given.eq(room.removed_up_to + 1..=room.last_number), Invariant::I9, concert_id);
            findings.expect(waiting == room.waiting, Invariant::I9, concert_id);
        }
    }

    /// I8: at every admission, those active together were no more than the capacity of that moment.
    pub(super) fn inspect_capacity(&self, findings: &mut Findings) {
        for (concert_id, room) in self.set.rooms.iter() {
            for at in self.passes_of(*concert_id).filter_map(admitted_at) {
                let together = self.passes_of(*concert_id).filter(|pass| was_active(pass, at)).count();
                let capacity = self.capacity_at(room, *concert_id, at);
                let fits = u64::try_from(together).is_ok_and(|together| together <= capacity);
                findings.expect(fits, Invariant::I8, format!("{concert_id} at {at}"));
            }
        }
    }

    /// The largest capacity in force at an instant, which a change at that very instant leaves open.
    fn capacity_at(&self, room: &Room, concert_id: ConcertId, at: Timestamp) -> u64 {
        let changes = self
            .set
            .audit
            .iter()
            .filter(|entry| entry.concert_id == concert_id && entry.action == AuditAction::QueueChanged);
        let (before, rest): (Vec<_>, Vec<_>) = changes.partition(|entry| entry.at < at);
        let mut capacities: Vec<u64> = rest
            .iter()
            .filter(|entry| entry.at == at)
            .flat_map(|entry| [entry.before.as_ref().and_then(capacity), capacity(&entry.after)])
            .flatten()
            .collect();
        let first_later = rest.iter().find_map(|entry| capacity(entry.before.as_ref()?));
        let last_before = before.last().and_then(|entry| capacity(&entry.after));
        let in_force = last_before.or(first_later).unwrap_or(room.settings.capacity.get().into());
        capacities.push(in_force);
        capacities.into_iter().max().unwrap_or(in_force)
    }
}

fn capacity(facts: &Facts) -> Option<u64> {
    match facts.get("capacity") {
        Some(Fact::Number(capacity)) => Some(*capacity),
        _ => None,
    }
}

fn admitted_at(pass: &Pass) -> Option<Timestamp> {
    match pass.state {
        PassState::Waiting => None,
        PassState::Active { admitted_at, .. } => Some(admitted_at),
        PassState::Ended { admitted_at, .. } => admitted_at,
    }
}

fn was_active(pass: &Pass, at: Timestamp) -> bool {
    let ends = match pass.state {
        PassState::Waiting => return false,
        PassState::Active { .. } => pass.deadline(),
        PassState::Ended { at: ended, .. } => Some(ended),
    };
    admitted_at(pass).is_some_and(|admitted| admitted <= at) && ends.is_some_and(|ends| ends > at)
}
