//! Modules do not import each other in a ring.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::imports::Tree;
use super::root;

/// The source folder of every crate of the workspace, with the name of the crate's folder.
fn sources() -> Vec<(String, PathBuf)> {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders = crates.chain([root().join("tests")]);
    let name = |folder: &Path| folder.file_name().unwrap().to_str().unwrap().to_owned();
    let mut sources: Vec<_> = folders.map(|folder| (name(&folder), folder.join("src"))).collect();
    sources.sort();
    sources
}

#[test]
fn no_modules_import_each_other_in_a_ring() {
    let sources = sources();
    assert!(sources.len() > 1, "no crates were found");
    let mut report = String::new();
    for (name, src) in sources {
        for ring in Tree::read(&src).rings() {
            write!(report, "{name}, {ring}").unwrap();
        }
    }
    let report = report.replace(&format!("{}/", root().display()), "");
    assert!(report.is_empty(), "modules import each other in a ring:\n{report}");
}

/// What is found in a crate of these files.
fn found_in(files: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    for (file, text) in files {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let rings = Tree::read(folder.path()).rings();
    let report: String = rings.iter().map(ToString::to_string).collect();
    report.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_ring_is_told_with_the_lines_that_make_it_up() {
    let found = found_in(&[
        ("lib.rs", "mod seat;\nmod hold;\npub use seat::Seat;\n"),
        ("seat.rs", "\nuse crate::hold::Hold;\npub struct Seat(Hold);\n"),
        ("hold.rs", "pub struct Hold;\n\nfn seat() -> crate::Seat { loop {} }\n"),
    ]);
    let expected = "crate: hold <-> seat\n    seat -> hold\n        seat.rs:2: crate::hold::Hold\n    \
                    hold -> seat\n        hold.rs:3: crate::Seat\n";
    assert_eq!(found, expected);
}

#[test]
fn a_chain_is_no_ring_and_neither_are_a_folder_and_its_files() {
    let found = found_in(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use c::C;\nfn f(_: a::A) {}\n"),
        ("a/mod.rs", "mod part;\npub use self::part::Part;\npub struct A(Part, crate::b::B);\n"),
        ("a/part.rs", "use super::A;\npub struct Part(Box<A>, crate::C);\n"),
        ("b.rs", "use crate::C;\nuse std::fmt;\npub struct B(C, fmt::Error);\n"),
        (
            "c.rs",
            "pub struct C;\n#[cfg(test)]\nmod tests { use crate::a::A; }\n#[cfg(test)]\nuse crate::b::B;\n",
        ),
    ]);
    assert_eq!(found, "");
}

#[test]
fn rings_are_found_at_every_level_and_of_any_length() {
    let found = found_in(&[
        ("lib.rs", "mod deep;\nmod other;\n"),
        ("other.rs", ""),
        ("deep/mod.rs", "mod x;\nmod y;\nmod z;\npub use self::y::Y;\n"),
        ("deep/x.rs", "pub struct X(super::Y);\n"),
        ("deep/y.rs", "use super::z;\npub struct Y(z::inner::Z);\n"),
        ("deep/z.rs", "pub mod inner { use super::super::x::X;\n pub struct Z(X); }\n"),
    ]);
    assert_eq!(found.lines().next(), Some("crate::deep: x <-> y <-> z"));
}

/// Each of these leads from `a` to `b`, which imports `a`.
#[test]
fn a_path_counts_wherever_it_stands() {
    let ways = [
        "use crate::b::{self as other, B as _};",
        "use crate::b::*;",
        "use super::{b::B};",
        "fn f() { use crate::b::B; }",
        "fn f() { crate::b::f(); }",
        "fn f(_: &dyn crate::b::T) {}",
        "fn f() { println!(\"{}\", crate::b::f()); }",
        "fn f() { crate::b_macro!(); }",
        "#[derive(crate::b::D)] struct A;",
        "#[serde(with = \"crate::b::amount\")] struct A;",
        "macro_rules! m { () => { $crate::b::f() } }",
        "use crate::Renamed;",
        "use crate::prelude::B;",
        "mod inner { use crate::b::B; }",
        "use crate::b::MadeByAMacro;",
    ];
    for way in ways {
        let found = found_in(&[
            ("lib.rs", "mod a;\nmod b;\npub use b::B as Renamed;\nmod prelude { pub use crate::b::*; }\n"),
            ("a.rs", way),
            ("b.rs", "use crate::a;\npub struct B;\n#[macro_export]\nmacro_rules! b_macro { () => {} }\n"),
        ]);
        assert!(found.starts_with("crate: a <-> b"), "{way}: {found}");
    }
}

#[test]
fn paths_that_lead_out_of_the_crate_or_to_oneself_do_not_count() {
    let found = found_in(&[
        ("lib.rs", "mod a;\nmod b;\npub use other::Name;\n"),
        (
            "a.rs",
            "//! See [`crate::b`].\nuse other::b::B;\nuse ::b::C;\nuse crate::Name;\nuse self::own::D;\nmod own { pub struct D; }\n",
        ),
        ("b.rs", "use crate::a;\n"),
    ]);
    assert_eq!(found, "");
}
