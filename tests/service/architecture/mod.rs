//! What the source and the documents promise about themselves: which crate and which module may know which, and
//! that documents name things that exist.

mod edges;
mod imports;
mod rings;

use std::path::Path;

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
