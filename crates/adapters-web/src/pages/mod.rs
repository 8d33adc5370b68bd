//! Pages: one module for each thing that people look at, with its forms and what its scripts ask for.

pub(crate) mod account;
mod calendar;
pub(crate) mod charge;
pub(crate) mod concert;
pub(crate) mod files;
pub(crate) mod line;
pub(crate) mod live_seats;
pub(crate) mod performance;
pub(crate) mod programme;
pub(crate) mod refund;
pub(crate) mod reservation;
mod seat_list;
pub(crate) mod seats;
pub(crate) mod tickets;
mod turn;
