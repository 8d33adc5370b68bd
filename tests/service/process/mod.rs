//! The binary as a process.

mod checks;
mod embedded;
mod serving;
