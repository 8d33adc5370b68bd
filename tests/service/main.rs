//! Black-box tests of the whole service.

mod authorisation;
mod contention;
mod errors;
mod journey;
