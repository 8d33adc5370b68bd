//! The binary as a process.

mod checks;
mod embedded;
mod refunding;
mod serving;
mod upgrading;
