use thiserror::Error;

use crate::seat::policy;

/// Error of planning a hall. Sections and rows are named by their places in the plan, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HallError {
    /// No section at all.
    #[error("a performance needs at least one section")]
    NoSection,
    /// More sections than allowed.
    #[error("a performance has at most {} sections", policy::MAX_SECTIONS)]
    TooManySections,
    /// Two sections have names that differ in case, form or what is not seen, if at all.
    #[error("sections must have different names, whatever their case and form")]
    RepeatedName,
    /// A price beyond the highest allowed.
    #[error("a price is at most {}", crate::point::policy::MAX_PRICE)]
    Price {
        /// The section.
        section: usize,
    },
    /// A section's first seat is 0, above its last, or a number is beyond the highest allowed.
    #[error("section {section} must run from a first to a last seat within 1 to {}", policy::MAX_SEAT_NUMBER)]
    SeatRange {
        /// The section.
        section: usize,
    },
    /// A section has a list of rows, and it is empty.
    #[error("a section needs at least one row")]
    NoRow {
        /// The section.
        section: usize,
    },
    /// A row's first seat is 0, above its last, or a number is beyond the highest allowed.
    #[error("a row must run from a first to a last seat within 1 to {}", policy::MAX_SEAT_NUMBER)]
    RowRange {
        /// The section.
        section: usize,
        /// The row.
        row: usize,
    },
    /// A row has the label of another one of its section, whatever its case and form.
    #[error("the rows of a section must have different labels, whatever their case and form")]
    RepeatedLabel {
        /// The section.
        section: usize,
        /// The row that comes second.
        row: usize,
    },
    /// More rows than allowed.
    #[error("a performance has at most {} rows", policy::MAX_ROWS)]
    TooManyRows,
    /// Two sections or rows share a seat number.
    #[error("sections and rows must not overlap")]
    Overlap,
    /// More seats than allowed.
    #[error("a performance has at most {} seats", policy::MAX_SEATS_PER_PERFORMANCE)]
    TooManySeats,
    /// A coordinate is no finite number, or leads too far away.
    #[error("all seats must lie within {0} of the origin", policy::MAX_COORDINATE)]
    Coordinate {
        /// The section.
        section: usize,
        /// The row.
        row: usize,
        /// The coordinate, by the name that the HTTP contract gives it.
        name: &'static str,
    },
    /// All seats of a row would lie on the same point.
    #[error("the seats of a row must not lie on one point")]
    NoStep {
        /// The section.
        section: usize,
        /// The row.
        row: usize,
    },
    /// More accessible seats than there may be in a list.
    #[error("at most {} accessible seats may be listed", policy::MAX_ACCESSIBLE_SEATS)]
    TooManyAccessible,
    /// An accessible seat that no section has.
    #[error("the accessible seat {seat} is in no section")]
    AccessibleUnknown {
        /// Its number.
        seat: i64,
    },
    /// An accessible seat is listed twice.
    #[error("the accessible seat {seat} is listed twice")]
    AccessibleRepeated {
        /// Its number.
        seat: i64,
    },
}
