use super::{LineEnd, Number, RoomSettings, Throttle, policy};
use crate::Timestamp;
use crate::id::ConcertId;

/// Whether a waiting room admits people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomStatus {
    /// It does.
    Open,
    /// It takes joins and polls, and admits nobody.
    Paused,
}

/// The waiting room of one concert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// Its settings.
    pub settings: RoomSettings,
    /// Whether it admits people.
    pub status: RoomStatus,
    /// The last number given out, 0 when there is none.
    pub last_number: u64,
    /// The last number admitted, or ended with the line; 0 when there is none.
    pub now_serving: u64,
    /// How many people wait.
    pub waiting: u64,
    /// How many people left while they waited, ever.
    pub departures: u64,
    /// Keeps admission to the rate.
    pub throttle: Throttle,
    /// Whether nothing was left when that was last looked at: then somebody who joins must know of something.
    pub sold_out: bool,
    /// The last end of its line, if there was one.
    pub line_end: Option<LineEnd>,
    /// The number up to which its passes were removed, 0 when none was.
    pub removed_up_to: u64,
}

/// A room of a concert whose performances have all started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedRoom {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// The start of the last of them.
    pub last_start: Timestamp,
}

impl Room {
    /// An open room in which nobody waits.
    pub const fn open(concert_id: ConcertId, settings: RoomSettings) -> Self {
        Self {
            concert_id,
            settings,
            status: RoomStatus::Open,
            last_number: 0,
            now_serving: 0,
            waiting: 0,
            departures: 0,
            throttle: Throttle { next_due: None },
            sold_out: false,
            line_end: None,
            removed_up_to: 0,
        }
    }

    /// How many people may be admitted now, with so many active; none where that is not known.
    pub(crate) fn vacancies(&mut self, active: Option<u64>, now: Timestamp) -> u64 {
        match (self.status, active) {
            (RoomStatus::Open, Some(active)) => u64::from(self.settings.capacity.get())
                .saturating_sub(active)
                .min(self.throttle.allowance(self.settings.admit_per_minute, now)),
            _ => 0,
        }
    }

    /// Takes the next number.
    pub(crate) fn take_number(&mut self) -> Number {
        self.last_number += 1;
        self.waiting += 1;
        Number::new(self.last_number)
    }

    /// Records that the person with this number, the first in line, is admitted.
    pub(crate) fn serve(&mut self, number: Number) {
        self.now_serving = number.get();
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Ends the line for everybody who waits, as far as an earlier end is written down; gives the end. `None` when it did
    /// not end.
    pub(crate) fn end_line(&mut self, now: Timestamp) -> Option<LineEnd> {
        if self.waiting == 0 || self.line_end.is_some_and(|before| !before.is_written()) {
            return None;
        }
        let after = Number::new(self.now_serving);
        let end = LineEnd { at: now, after, up_to: Number::new(self.last_number), written_up_to: after };
        self.now_serving = self.last_number;
        self.waiting = 0;
        self.line_end = Some(end);
        Some(end)
    }

    /// The number up to which passes may be removed in one step, with so many active: none while anybody waits or is
    /// active. What was given out after the last number served is still counted with, whoever had it.
    pub(crate) fn removable_up_to(&self, active: Option<u64>) -> u64 {
        let nobody_is_here = self.waiting == 0 && active == Some(0);
        if nobody_is_here && self.line_end.is_none_or(|end| end.is_written()) {
            self.now_serving.min(self.removed_up_to.saturating_add(policy::PASSES_REMOVED_PER_STEP))
        } else {
            self.removed_up_to
        }
    }

    /// Records that somebody left the line; gives the departure's place among all departures.
    pub(crate) fn record_departure(&mut self) -> u64 {
        self.waiting = self.waiting.saturating_sub(1);
        self.departures += 1;
        self.departures
    }
}

impl RoomFigures {
    /// Whether a step of admission would do something: passes have expired, an end of the line is to be written down, or
    /// somebody waits and there is room.
    pub fn needs_admission(&self) -> bool {
        let room_left = self.active < u64::from(self.settings.capacity.get());
        self.expired > 0
            || self.line_end.is_some_and(|end| !end.is_written())
            || (self.status == RoomStatus::Open && self.waiting > 0 && room_left)
    }
}

/// What the public may know of a waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomFigures {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// Whether it admits people.
    pub status: RoomStatus,
    /// Its settings.
    pub settings: RoomSettings,
    /// The last number given out.
    pub last_number: u64,
    /// The last number admitted, or ended with the line.
    pub now_serving: u64,
    /// How many people wait.
    pub waiting: u64,
    /// How many people are active.
    pub active: u64,
    /// How many passes have expired and still take up a place, until the next step of admission.
    pub expired: u64,
    /// The last end of its line, if there was one.
    pub line_end: Option<LineEnd>,
}
