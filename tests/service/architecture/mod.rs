//! What the source and the documents promise about themselves: which crate and which module may know which, and
//! that documents name things that exist.

mod bounds;
mod commands;
mod deployment;
mod edges;
mod imports;
mod links;
mod markdown;
mod named_tests;
mod requirements;
mod rings;

use std::path::Path;

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
