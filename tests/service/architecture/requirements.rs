//! `docs/requirements.md` names operations and tests that exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::named_tests::{is_in, pairs, rows};
use super::root;

/// One line of the page.
struct Requirement {
    text: String,
    /// Operation ids, each with its method and path.
    operations: Vec<(String, String)>,
    /// Files, each with the name of a test in it.
    tests: Vec<(String, String)>,
}

fn requirements(page: &str) -> Vec<Requirement> {
    let requirements = rows(page).filter(|cells| cells[0] != "requirement").map(|cells| {
        assert_eq!(cells.len(), 3, "{cells:?}");
        Requirement { text: cells[0].to_owned(), operations: pairs(cells[1]), tests: pairs(cells[2]) }
    });
    requirements.collect()
}

/// The document's operations: by id, the method and path.
fn operations() -> BTreeMap<String, String> {
    let document = fs::read_to_string(root().join("docs/api/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.filter_map(move |(method, operation)| {
            let id = operation["operationId"].as_str()?.to_owned();
            Some((id, format!("{} {path}", method.to_uppercase())))
        })
    });
    operations.collect()
}

/// What a page says that is not so. Its tests are looked for below `folder`.
fn untrue(page: &str, operations: &BTreeMap<String, String>, folder: &Path) -> Vec<String> {
    let mut untrue = Vec::new();
    for Requirement { text, operations: met_by, tests } in requirements(page) {
        for (id, route) in met_by {
            if operations.get(&id) != Some(&route) {
                untrue.push(format!("no operation {id} is {route}: {text}"));
            }
        }
        if tests.is_empty() {
            untrue.push(format!("no test: {text}"));
        }
        for (file, name) in tests {
            if !is_in(folder, &file, &name) {
                untrue.push(format!("no test {name} in {file}: {text}"));
            }
        }
    }
    untrue
}

#[test]
fn requirements_name_operations_and_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/requirements.md")).unwrap();
    assert!(requirements(&page).len() > 50, "the requirements were not found");
    let untrue = untrue(&page, &operations(), root());
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}

#[test]
fn what_a_page_makes_up_is_found() {
    let operations = BTreeMap::from([("hold".to_owned(), "POST /holds".to_owned())]);
    let row = |operation: &str, test: &str| format!("| a | {operation} | {test} |\n");
    let test = "`links.rs` `a_missing_file_and_a_missing_heading_are_found`";
    let cases = [
        ("`hold` `POST /holds`", test, ""),
        ("–", test, ""),
        ("`hold` `GET /holds`", test, "no operation hold is GET /holds: a"),
        ("`hold`", test, "no operation hold is : a"),
        ("`lift` `POST /lifts`", test, "no operation lift is POST /lifts: a"),
        ("–", "–", "no test: a"),
        ("–", "`links.rs` `a_missing_file`", "no test a_missing_file in links.rs: a"),
        ("–", "`gone.rs` `links`", "no test links in gone.rs: a"),
    ];
    let folder = root().join("tests/service/architecture");
    for (operation, test, expected) in cases {
        assert_eq!(untrue(&row(operation, test), &operations, &folder).join("\n"), expected);
    }
}
