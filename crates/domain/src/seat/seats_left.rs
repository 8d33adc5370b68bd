use super::policy;
use crate::Timestamp;

/// Seats that can still be had of a concert, over its performances that can still be booked: neither started nor cancelled,
/// and their sale not closed. Those are included whose sale is still to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsLeft {
    /// The database's time when they were counted.
    pub as_of: Timestamp,
    /// The last number that the concert's waiting room had given out then.
    pub last_number: u64,
    /// Whether the concert has any performance, started or not.
    pub has_performances: bool,
    /// How many are free.
    pub available: u64,
    /// How many are held, and free again unless they are paid.
    pub held: u64,
}

impl SeatsLeft {
    /// Whether nothing is left to wait for: no seat is free, and none is held that might become so. A concert that has no
    /// performance yet may be waited for.
    pub const fn are_sold_out(&self) -> bool {
        self.has_performances && self.available == 0 && self.held == 0
    }

    /// Whether so many are free that they cannot be gone in the seconds for which a count is used.
    pub const fn are_plenty(&self) -> bool {
        self.available >= policy::PLENTY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concert_is_sold_out_when_nothing_is_free_or_held_of_what_it_has() {
        let left = |has_performances, available, held| {
            let as_of = Timestamp::default();
            SeatsLeft { as_of, last_number: 9, has_performances, available, held }.are_sold_out()
        };
        assert!(left(true, 0, 0));
        assert!(!left(true, 1, 0));
        assert!(!left(true, 0, 1), "a hold may lapse");
        assert!(!left(false, 0, 0), "its performances are still to come");
    }
}
