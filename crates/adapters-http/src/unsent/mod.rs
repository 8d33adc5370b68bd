//! Large answers that are not sent yet: how much of them there may be, and how they are handed out.
//!
//! actix copies what a body gives it into the buffer of the connection, all of it at once, and asks for more when that
//! has left. [`InPieces`] gives it little at a time, so that a client which reads nothing costs a buffer, however large
//! its answer is. [`UnsentBytes`] is the budget: what the answers of one client come to, and what all of them keep in
//! memory.

mod budget;
mod in_pieces;
mod measures;

pub(crate) use budget::{Kept, Sending, UnsentBytes};
pub(crate) use in_pieces::InPieces;
pub(crate) use measures::describe;

use seatline_domain::id::UserId;

/// Answers above this size count.
pub(crate) const LARGE_BYTES: u64 = 64 * 1_024;
/// The most that is handed out at a time, and so many bytes in a connection's buffer that no more are asked for. The
/// buffer never has more than twice as many.
pub(crate) const PIECE_BYTES: usize = 16 * 1_024;

/// Somebody to whom answers are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// An operator, whose answers are sent in pieces and not counted.
    Operator,
    /// A user.
    User(UserId),
    /// Anybody else, by the key of their address.
    Address([u8; 16]),
}
