//! `docs/security.md` names, for every bound, what happens beyond it and a test that exists.

use std::fs;
use std::path::Path;

use super::named_tests::{is_in, pairs, rows};
use super::root;

/// The table of bounds: what, how much, of whom, what happens beyond it, the tests. Rows that only head others are left out.
fn bounds(page: &str) -> Vec<Vec<&str>> {
    let section = page.split("\n## ").find(|section| section.starts_with("Bounds\n")).unwrap_or_default();
    rows(section).filter(|cells| cells[0] != "what" && !cells[0].starts_with("**")).collect()
}

/// What the table says that is not so, or leaves open. Its tests are looked for below `folder`.
fn untrue(page: &str, folder: &Path) -> Vec<String> {
    let mut untrue = Vec::new();
    for cells in bounds(page) {
        let [what, how_much, of_whom, beyond, tests] = cells[..] else {
            untrue.push(format!("not five cells: {cells:?}"));
            continue;
        };
        if [how_much, of_whom, beyond].iter().any(|cell| cell.trim().is_empty()) {
            untrue.push(format!("something is not said: {what}"));
        }
        let tests = pairs(tests);
        if tests.is_empty() {
            untrue.push(format!("no test: {what}"));
        }
        for (file, name) in tests {
            if !is_in(folder, &file, &name) {
                untrue.push(format!("no test {name} in {file}: {what}"));
            }
        }
    }
    untrue
}

#[test]
fn every_bound_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    assert!(bounds(&page).len() > 30, "the bounds were not found");
    let untrue = untrue(&page, root());
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}

#[test]
fn a_bound_without_a_test_is_found() {
    let test = "`links.rs` `a_missing_file_and_a_missing_heading_are_found`";
    let cases = [
        (format!("| a | 1 | b | c | {test} |"), ""),
        ("| a | 1 | b | c | – |".to_owned(), "no test: a"),
        ("| a | 1 | b | c | `links.rs` `a_missing` |".to_owned(), "no test a_missing in links.rs: a"),
        (format!("| a | 1 |  | c | {test} |"), "something is not said: a"),
        (format!("| a | 1 | c | {test} |"), "not five cells: "),
        ("| **a** | | | | |".to_owned(), ""),
    ];
    let folder = root().join("tests/service/architecture");
    for (row, expected) in cases {
        let page = format!("# A\n\n## Bounds\n\n{row}\n\n## Next\n\n| a |\n");
        let untrue = untrue(&page, &folder).join("\n");
        assert!(untrue.starts_with(expected) && untrue.is_empty() == expected.is_empty(), "{row}: {untrue}");
    }
}
