//! Black-box tests of the whole service.

mod authorisation;
mod errors;
mod journey;
