//! Seat maps as they are shown: written while they are sent, and never whole.
//!
//! What everybody is shown alike is worked out once a map and filter, by [`ShownMaps`], off the worker threads: the state
//! of each seat, in a byte, and what is written around it for each section ([`SeatsText`](text::SeatsText)), besides who
//! has which of the seats. A [`ShownTo`](shown::ShownTo) is one user's view of that. A [`SeatsAnswer`] writes it a piece
//! at a time, when the connection has room for more: of a map of 7.7 MB a tenth of a megabyte is in memory, shared by all
//! who asked at the same moment, however slowly they read.

mod answer;
mod body;
mod shared;
mod shown;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use answer::SeatsAnswer;
pub(crate) use body::{DateSeatsBody, SeatMapBody};
pub(crate) use shared::ShownMaps;
