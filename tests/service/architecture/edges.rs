//! Which crates may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::root;

/// The crates that each crate of the workspace depends on when it is built for use.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let normal = |package: &cargo_metadata::Package| {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        normal.map(|dependency| dependency.name.clone()).collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), normal(package))).collect()
}

fn ours(dependencies: &BTreeSet<String>) -> Vec<&str> {
    dependencies.iter().map(String::as_str).filter(|name| name.starts_with("seatline-")).collect()
}

#[test]
fn the_domain_depends_on_nothing_that_does_input_or_output() {
    const PURE: [&str; 10] = [
        "async-trait",
        "chrono",
        "chrono-tz",
        "icu_casemap",
        "icu_normalizer",
        "icu_properties",
        "mockall",
        "rust_decimal",
        "thiserror",
        "uuid",
    ];
    let dependencies = dependencies();
    let surplus: Vec<_> =
        dependencies["seatline-domain"].iter().filter(|name| !PURE.contains(&name.as_str())).collect();
    assert!(surplus.is_empty(), "the domain depends on {surplus:?}");
}

#[test]
fn arrows_point_inwards() {
    let dependencies = dependencies();
    let allowed: [(&str, &[&str]); 8] = [
        ("seatline-domain", &[]),
        ("seatline-application", &["seatline-domain"]),
        ("seatline-adapters-http", &["seatline-application", "seatline-domain"]),
        ("seatline-adapters-web", &["seatline-application", "seatline-domain"]),
        ("seatline-adapters-payments", &["seatline-domain"]),
        ("seatline-adapters-webhooks", &["seatline-domain"]),
        ("seatline-adapters-postgres", &["seatline-application", "seatline-domain"]),
        ("seatline-local-postgres", &[]),
    ];
    for (name, inwards) in allowed {
        let surplus: Vec<_> =
            ours(&dependencies[name]).into_iter().filter(|one| !inwards.contains(one)).collect();
        assert!(surplus.is_empty(), "{name} depends on {surplus:?}");
    }
}

#[test]
fn what_is_for_tests_only_is_used_in_tests_only() {
    let tests = ["seatline-tests", "seatline-test-support"];
    // Nothing of it is installed.
    let may_use_them = [tests[0], tests[1], "seatline-benchmarks"];
    for (name, dependencies) in dependencies() {
        if !may_use_them.contains(&name.as_str()) {
            assert!(
                dependencies.iter().all(|one| !tests.contains(&one.as_str())),
                "{name} is built with test code"
            );
        }
    }
}

#[test]
fn the_use_cases_know_neither_the_web_nor_the_database() {
    let outside =
        ["actix-web", "diesel", "diesel-async", "tokio-postgres", "deadpool", "utoipa", "clap", "reqwest"];
    for name in ["seatline-application", "seatline-domain"] {
        let known: Vec<_> =
            dependencies()[name].iter().filter(|one| outside.contains(&one.as_str())).cloned().collect();
        assert!(known.is_empty(), "{name} depends on {known:?}");
    }
}
