use std::time::Duration;

use rand::RngExt;
use rand::rngs::SmallRng;

/// How the provider behaves, in parts of a hundred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Whether it answers nothing but that it cannot.
    pub is_down: bool,
    /// Calls that fail before they do anything.
    pub refused: u8,
    /// Calls that do what they are asked for, and whose answer is lost.
    pub lost: u8,
    /// Calls that do it, and never answer.
    pub hung: u8,
    /// Answers that come late.
    pub late: u8,
    /// Payments of which another amount or currency is told at first.
    pub lied_about: u8,
    /// Sessions that are paid before the answer to their making.
    pub paid_at_once: u8,
}

impl Behaviour {
    /// Everything that goes wrong, often.
    pub const STORM: Self =
        Self { is_down: false, refused: 8, lost: 8, hung: 1, late: 10, lied_about: 10, paid_at_once: 10 };
    /// It is down.
    pub const DOWN: Self =
        Self { is_down: true, refused: 0, lost: 0, hung: 0, late: 0, lied_about: 0, paid_at_once: 0 };
}

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answered(Duration),
    Refused,
    Lost,
    Hung,
}

/// Longer than anybody waits for an answer.
pub(super) const NEVER: Duration = Duration::from_secs(20);
/// Late, and in time.
const LATE: Duration = Duration::from_millis(300);

pub(super) fn happens(random: &mut SmallRng, parts: u8) -> bool {
    random.random_range(0..100) < parts
}

pub(super) fn fate(behaviour: Behaviour, random: &mut SmallRng) -> Fate {
    if behaviour.is_down || happens(random, behaviour.refused) {
        Fate::Refused
    } else if happens(random, behaviour.lost) {
        Fate::Lost
    } else if happens(random, behaviour.hung) {
        Fate::Hung
    } else {
        Fate::Answered(if happens(random, behaviour.late) { LATE } else { Duration::ZERO })
    }
}
