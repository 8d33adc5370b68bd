use crate::Timestamp;
use crate::concert::{DateChoice, Performance};
use crate::id::PerformanceId;

/// The performance of which seats are wanted, as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldTarget {
    /// By its id.
    Performance(Performance),
    /// By its date.
    Date(DateChoice),
}

impl HoldTarget {
    /// The performance.
    pub const fn performance(&self) -> &Performance {
        match self {
            Self::Performance(performance) => performance,
            Self::Date(choice) => choice.chosen(),
        }
    }

    /// Whether a performance may be meant.
    pub(super) fn includes(&self, id: PerformanceId) -> bool {
        match self {
            Self::Performance(performance) => performance.id == id,
            Self::Date(choice) => choice.includes(id),
        }
    }

    /// The performances that may be meant, when they are several that can be booked.
    pub(super) fn ambiguous(&self) -> Option<&[(PerformanceId, Timestamp)]> {
        match self {
            Self::Performance(_) => None,
            Self::Date(choice) => choice.ambiguous(),
        }
    }

    /// What was asked for. What a date stands for changes; this does not.
    pub(super) fn request(&self) -> String {
        match self {
            Self::Performance(performance) => performance.id.to_string(),
            Self::Date(choice) => format!("{} {}", choice.chosen().concert_id, choice.date()),
        }
    }
}
