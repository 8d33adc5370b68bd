//! The domain's ports over PostgreSQL, one file each. Writes go through the lanes, reads straight to the pool or, where
//! many ask at once, through a [`Reader`](crate::lane::Reader).

mod accounts;
mod active_count_cache;
mod audit_log;
mod board_news;
mod idempotency_keys;
mod inspection;
mod payments;
mod programme;
mod programme_editor;
mod queue_reader;
mod reservations;
mod seat_inventory;
mod waiting_rooms;
mod wallets;

pub(crate) use accounts::UsersByToken;
pub(crate) use active_count_cache::ActiveCountCache;
pub(crate) use programme::ProgrammeCache;
pub(crate) use queue_reader::{FiguresByConcert, PassesByNumber};
pub(crate) use seat_inventory::SeatMaps;
