//! Limits of tickets.

/// The revision of every code. No ticket is issued again so far; one that is will have a higher one.
pub const REVISION: u32 = 1;

/// The most characters of a gate's name.
pub const GATE_LENGTH_MAX: usize = 50;

/// How many of a user's payments are looked at for their list of tickets: the newest. What a page reads is bounded by it.
pub const PAYMENTS_LISTED_MAX: u16 = 1_000;
