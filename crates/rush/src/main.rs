//! The `seatline-rush` binary.

use std::process::ExitCode;

use clap::Parser;
use seatline_rush::Options;

fn main() -> ExitCode {
    seatline_rush::run(&Options::parse())
}
