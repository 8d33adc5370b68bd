//! The operators' console: the sale as those see it who run it.
//!
//! * `staff` says who is signed in and what they may do, `access` lets them in and keeps their session; `sign_in` exchanges
//!   a key for one.
//! * `typed` is what somebody typed into a form, `field` shows it again with what is wrong; `parse` and `hall` read it,
//!   `refused` says why the domain refuses it.
//! * `figures` adds up how a sale is going.
//! * The other modules are pages: one for each thing that operators look at.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod cancellation;
pub(crate) mod corrections;
mod field;
mod figures;
mod frame;
pub(crate) mod gate;
mod hall;
pub(crate) mod home;
pub(crate) mod keys;
pub(crate) mod new_concert;
pub(crate) mod new_performance;
mod parse;
pub(crate) mod people;
pub(crate) mod performance;
mod plan;
pub(crate) mod points;
pub(crate) mod queue;
mod refused;
pub(crate) mod sale;
pub(crate) mod seats;
pub(crate) mod sign_in;
mod staff;
mod typed;
pub(crate) mod webhook;
pub(crate) mod webhooks;

pub(crate) use staff::Duty;
