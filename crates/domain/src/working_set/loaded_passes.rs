use std::collections::HashMap;

use super::TrackedRows;
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::queue::{LineEnd, Number, Pass, PassEnd, PassError, PassState, RoomSettings};

/// Passes by concert and number, with whose they are, how many are active and how much of each line is known.
#[derive(Debug, Default)]
pub struct LoadedPasses {
    rows: TrackedRows<(ConcertId, Number), Pass>,
    live: HashMap<(ConcertId, UserId), Number>,
    active: HashMap<ConcertId, u64>,
    known_up_to: HashMap<ConcertId, Number>,
    line_end_known_up_to: HashMap<ConcertId, Number>,
}

impl LoadedPasses {
    /// Puts in a pass as it is stored.
    pub fn load(&mut self, pass: Pass) {
        self.index(&pass);
        self.rows.load((pass.concert_id, pass.number), pass);
    }

    /// Says how many passes of a room are stored as active.
    pub fn load_active(&mut self, concert_id: ConcertId, active: u64) {
        self.active.insert(concert_id, active);
    }

    /// Says up to which number everybody who waits is in this set.
    pub fn load_queue_head(&mut self, concert_id: ConcertId, up_to: Number) {
        self.known_up_to.insert(concert_id, up_to);
    }

    /// Says up to which number everybody is in this set whom the last end of the line ended, and to whom that was not
    /// written yet.
    pub fn load_line_end(&mut self, concert_id: ConcertId, up_to: Number) {
        self.line_end_known_up_to.insert(concert_id, up_to);
    }

    /// Puts in a new pass.
    pub fn insert(&mut self, pass: Pass) {
        self.index(&pass);
        if matches!(pass.state, PassState::Active { .. }) {
            self.count_active(pass.concert_id, 1);
        }
        self.rows.insert((pass.concert_id, pass.number), pass);
    }

    /// One pass.
    pub fn get(&self, concert_id: ConcertId, number: Number) -> Option<&Pass> {
        self.rows.get(&(concert_id, number))
    }

    /// One pass, if it is this user's.
    ///
    /// # Errors
    /// [`PassError::Unknown`] when there is none, [`PassError::Mismatch`] when it is somebody else's.
    pub fn of_user(
        &self,
        concert_id: ConcertId,
        number: Number,
        user_id: UserId,
    ) -> Result<&Pass, PassError> {
        let pass = self.get(concert_id, number).ok_or(PassError::Unknown)?;
        if pass.user_id == user_id { Ok(pass) } else { Err(PassError::Mismatch) }
    }

    /// The waiting or active pass of a user. It may have expired.
    pub fn live_of(&self, concert_id: ConcertId, user_id: UserId) -> Option<&Pass> {
        self.get(concert_id, *self.live.get(&(concert_id, user_id))?)
    }

    /// How many passes of a room are active, those that expired but were not ended yet included. `None` when that is
    /// not known here.
    pub fn active_in(&self, concert_id: ConcertId) -> Option<u64> {
        self.active.get(&concert_id).copied()
    }

    /// The active passes of a room, of those known here, whose time is up.
    pub fn expired(&self, concert_id: ConcertId, now: Timestamp) -> Vec<Number> {
        let everybody = (concert_id, Number::new(0))..=(concert_id, Number::MAX);
        let expired = |pass: &&Pass| pass.deadline().is_some_and(|deadline| deadline <= now);
        self.rows.range(everybody).map(|(_, pass)| pass).filter(expired).map(|pass| pass.number).collect()
    }

    /// The next people in line, in order, as far as the line is known here.
    pub fn next_in_line(&self, concert_id: ConcertId, now_serving: Number, people: u64) -> Vec<Number> {
        let Some(known_up_to) = self.known_up_to.get(&concert_id).filter(|up_to| **up_to > now_serving)
        else {
            return Vec::new();
        };
        let line = (concert_id, Number::new(now_serving.get() + 1))..=(concert_id, *known_up_to);
        self.rows
            .range(line)
            .filter(|(_, pass)| pass.state == PassState::Waiting)
            .map(|((_, number), _)| *number)
            .take(usize::try_from(people).unwrap_or(usize::MAX))
            .collect()
    }

    /// Writes an end of the line to the next passes that it ended, as far as they are known here, at most so many; gives
    /// the number up to which it is written now.
    pub(crate) fn write_line_end(
        &mut self,
        concert_id: ConcertId,
        line_end: &LineEnd,
        passes_max: usize,
    ) -> Number {
        let written = line_end.written_up_to;
        let known = self.line_end_known_up_to.get(&concert_id).copied().unwrap_or(written);
        let known = known.min(line_end.up_to);
        if known <= written {
            return written;
        }
        let next = (concert_id, Number::new(written.get() + 1))..=(concert_id, known);
        let waiting = self.rows.range(next).filter(|(_, pass)| pass.state == PassState::Waiting);
        let numbers: Vec<Number> = waiting.map(|((_, number), _)| *number).take(passes_max).collect();
        for number in &numbers {
            self.end(concert_id, *number, PassEnd::LineEnded, line_end.at);
        }
        match numbers.last() {
            Some(last) if numbers.len() == passes_max => *last,
            _ => known,
        }
    }

    /// Writes an end of the line to one pass, where it ended that.
    pub(crate) fn settle(&mut self, concert_id: ConcertId, number: Number, line_end: Option<&LineEnd>) {
        let waits = self.get(concert_id, number).is_some_and(|pass| pass.state == PassState::Waiting);
        if let Some(line_end) = line_end.filter(|line_end| waits && line_end.covers(number)) {
            self.end(concert_id, number, PassEnd::LineEnded, line_end.at);
        }
    }

    /// Admits a waiting pass.
    pub fn admit(&mut self, concert_id: ConcertId, number: Number, settings: &RoomSettings, now: Timestamp) {
        if let Some(pass) =
            self.rows.get_mut(&(concert_id, number)).filter(|pass| pass.state == PassState::Waiting)
        {
            pass.admit(settings, now);
            self.count_active(concert_id, 1);
        }
    }

    /// Ends a pass.
    pub fn end(&mut self, concert_id: ConcertId, number: Number, end: PassEnd, now: Timestamp) {
        let Some(pass) = self.rows.get_mut(&(concert_id, number)) else { return };
        let was_active = matches!(pass.state, PassState::Active { .. });
        let user_id = pass.user_id;
        pass.end(end, now);
        if self.live.get(&(concert_id, user_id)) == Some(&number) {
            self.live.remove(&(concert_id, user_id));
        }
        if was_active {
            self.count_active(concert_id, -1);
        }
    }

    /// Ends a waiting pass whose user leaves, with the place of that departure among all.
    pub fn leave(&mut self, concert_id: ConcertId, number: Number, departure: u64, now: Timestamp) {
        self.end(concert_id, number, PassEnd::Left, now);
        if let Some(pass) = self.rows.get_mut(&(concert_id, number)) {
            pass.departure = Some(departure);
        }
    }

    /// Records that a pass's user is here, where that is news.
    pub fn show_up(&mut self, concert_id: ConcertId, number: Number, now: Timestamp) {
        let key = (concert_id, number);
        if self.rows.get(&key).is_some_and(|pass| pass.is_expected(now))
            && let Some(pass) = self.rows.get_mut(&key)
        {
            pass.show_up(now);
        }
    }

    /// Extends an active pass to an instant, unless it lasts longer, and notes that its user has shown up.
    pub fn extend_to(&mut self, concert_id: ConcertId, number: Number, until: Timestamp, now: Timestamp) {
        let key = (concert_id, number);
        let Some(pass) = self.rows.get(&key) else { return };
        let mut extended = pass.clone();
        extended.show_up(now);
        extended.extend_to(until);
        // Most holds end before their pass does: then there is nothing to store.
        if extended != *pass
            && let Some(pass) = self.rows.get_mut(&key)
        {
            *pass = extended;
        }
    }

    /// Takes the passes of a room up to a number out: they are removed.
    pub(crate) fn remove_up_to(&mut self, concert_id: ConcertId, up_to: Number) {
        let passes = self.rows.range((concert_id, Number::new(0))..=(concert_id, up_to));
        let removed: Vec<_> = passes.map(|(key, _)| *key).collect();
        for key in &removed {
            self.rows.remove(key);
        }
    }

    /// Passes that were loaded and then changed.
    pub fn changed(&self) -> impl Iterator<Item = &Pass> {
        self.rows.changed()
    }

    /// Passes that were added.
    pub fn added(&self) -> impl Iterator<Item = &Pass> {
        self.rows.added()
    }

    /// All passes.
    pub fn iter(&self) -> impl Iterator<Item = &Pass> {
        self.rows.iter().map(|(_, pass)| pass)
    }

    fn index(&mut self, pass: &Pass) {
        if !matches!(pass.state, PassState::Ended { .. }) {
            self.live.insert((pass.concert_id, pass.user_id), pass.number);
        }
    }

    fn count_active(&mut self, concert_id: ConcertId, change: i64) {
        if let Some(active) = self.active.get_mut(&concert_id) {
            *active = active.saturating_add_signed(change);
        }
    }
}
