//! Reads that do not each ask the database.
//!
//! Tokens, operators' keys, passes, seat maps and the numbers of seats left, which many people ask for at once, are read by a
//! [`Reader`](crate::lane::Reader), many keys in one statement. What anybody may look at is [remembered](Recent) for a
//! second besides; seats with their places, which never change, for good; and a count on which nothing depends, for seconds.

mod active_count_cache;
mod cells_by_concert;
mod figures_by_concert;
mod halls;
mod operator_keys_by_hash;
mod passes_by_number;
mod programme;
mod recent;
mod seat_maps;
mod seats_left_by_concert;
mod users_by_token;

pub(crate) use active_count_cache::ActiveCountCache;
pub(crate) use cells_by_concert::CellsByConcert;
pub(crate) use figures_by_concert::FiguresByConcert;
pub(crate) use halls::Halls;
pub(crate) use operator_keys_by_hash::OperatorKeysByHash;
pub(crate) use passes_by_number::PassesByNumber;
pub(crate) use programme::{FreeSeatsByPerformance, PerformanceOfSeats, PlaceOfPerformances, ProgrammeReads};
pub(crate) use recent::{Recent, Volatile};
pub(crate) use seat_maps::SeatMaps;
pub(crate) use seats_left_by_concert::SeatsLeftByConcert;
pub(crate) use users_by_token::UsersByToken;
