use super::Number;
use crate::Timestamp;

/// The end of a room's line: nothing was left, and everybody who still waited was told so at the same instant.
///
/// From then on the passes of those who waited have ended, whether or not that was written to each of them yet: there may
/// be very many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineEnd {
    /// The instant.
    pub at: Timestamp,
    /// The last number admitted before.
    pub after: Number,
    /// The last number given out before.
    pub up_to: Number,
    /// The number up to which it was written to the passes.
    pub written_up_to: Number,
}

impl LineEnd {
    /// Whether it ended the pass with this number, where that still waited.
    pub fn covers(&self, number: Number) -> bool {
        number > self.after && number <= self.up_to
    }

    /// Whether it was written to all passes.
    pub fn is_written(&self) -> bool {
        self.written_up_to >= self.up_to
    }
}
