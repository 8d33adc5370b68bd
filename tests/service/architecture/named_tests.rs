//! Reads the tables in which documents name tests.

use std::fs;
use std::path::Path;

/// The rows of all tables of a page, cell by cell.
pub(super) fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect())
}

/// The pairs `` `one` `other` `` of a cell, such as a file and a test in it.
pub(super) fn pairs(cell: &str) -> Vec<(String, String)> {
    let quoted: Vec<_> = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    quoted.chunks(2).map(|pair| (pair[0].clone(), pair.get(1).cloned().unwrap_or_default())).collect()
}

/// Whether a file below the folder has a test of this name.
pub(super) fn is_in(folder: &Path, file: &str, name: &str) -> bool {
    let source = fs::read_to_string(folder.join(file)).unwrap_or_default();
    source.contains(&format!("fn {name}("))
}
