//! Seat maps as they are shown: written while they are sent, and never whole.
//!
//! What everybody is shown alike is worked out once a map and filter, by [`ShownMaps`]: the state of each seat, in a byte,
//! and what is written around it for each section ([`Phrases`](phrases::Phrases)), besides who has which of the seats. Of
//! the map that comes next, what has not changed is taken from the one before. A [`ShownTo`](shown::ShownTo) is one
//! user's view of that. A [`SeatsAnswer`] hands it out in [pieces](piece::Piece), when the connection has room for more:
//! those that are the same for all are written once, as far as [there is memory](remembered::RememberedMaps) for
//! them, the others for the one who has seats in them.

mod answer;
mod body;
mod phrases;
mod piece;
mod remembered;
mod shared;
mod shown;
#[cfg(test)]
mod tests;

pub(crate) use answer::SeatsAnswer;
pub(crate) use body::{DateSeatsBody, SeatMapBody};
pub(crate) use shared::ShownMaps;
