//! Black-box tests of the whole service.

mod authorisation;
mod contention;
mod errors;
mod idempotency;
mod input;
mod journey;
mod waiting_room;
