//! Commands in the documents name packages, test targets, tests and scripts that exist.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use super::links::documents;
use super::root;

/// The folders of the packages by their names, and the names of their test targets.
type Packages = BTreeMap<String, (PathBuf, Vec<String>)>;

fn packages() -> Packages {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let package = |package: cargo_metadata::Package| {
        let targets = package.targets.iter().filter(|target| target.is_test());
        let targets = targets.map(|target| target.name.clone()).collect();
        let folder = package.manifest_path.parent().unwrap().into();
        (package.name.to_string(), (folder, targets))
    };
    metadata.packages.into_iter().map(package).collect()
}

/// What is in backticks or in fenced code, up to a remark.
fn commands(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut commands = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            commands.push(line.split(" #").next().unwrap_or_default().trim().to_owned());
        } else {
            commands.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    commands
}

/// Whether every part of a test's path is in the sources below these folders.
fn is_in_sources(test: &str, folders: &[&Path]) -> bool {
    fn contains(folder: &Path, part: &str) -> bool {
        fs::read_dir(folder).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return path.file_name().is_some_and(|name| name != "target") && contains(&path, part);
            }
            path.extension().is_some_and(|extension| extension == "rs")
                && fs::read_to_string(path).unwrap().contains(part)
        })
    }
    let parts = || test.split("::").filter(|part| !part.is_empty());
    parts().all(|part| folders.iter().any(|folder| contains(folder, part)))
}

/// What a command names that does not exist.
fn unknown(command: &str, packages: &Packages) -> Option<String> {
    let mut words = command.split_whitespace().skip_while(|word| word.contains('='));
    let program = words.next()?;
    if let Some(script) = program.strip_prefix("script/").or_else(|| program.strip_prefix(".ci/")) {
        let path = root().join(program);
        let executable = path.metadata().is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
        let kind = if command.contains(" --attacks ") { "attacks" } else { "faults" };
        let scenarios = root().join("tests/service").join(kind);
        let mut named = words.filter(|word| script == "test" && word.contains('_'));
        let missing = named.find(|name| !is_in_sources(name, &[&scenarios]));
        return if executable { missing.map(str::to_owned) } else { Some(program.to_owned()) };
    }
    if program != "cargo" || words.next() != Some("test") {
        return None;
    }
    let (mut folders, mut targets, mut found) = (Vec::new(), Vec::new(), None);
    while let Some(word) = words.next().filter(|word| *word != "--") {
        match word {
            "-p" | "--package" => match packages.get(words.next()?) {
                Some((folder, tests)) => {
                    folders.push(folder.as_path());
                    targets.extend(tests);
                }
                None => return Some(command.to_owned()),
            },
            "--test" => {
                let name = words.next()?;
                found = found.or_else(|| (!targets.iter().any(|one| *one == name)).then(|| name.to_owned()));
            }
            flag if flag.starts_with('-') => {}
            test => {
                // Contracts and the model are lists of the package that others run.
                folders.push(packages["seatline-test-support"].0.as_path());
                found = found.or_else(|| (!is_in_sources(test, &folders)).then(|| test.to_owned()));
            }
        }
    }
    found
}

#[test]
fn commands_name_what_is_there() {
    let packages = packages();
    let mut looked = 0;
    let mut missing = Vec::new();
    for document in documents() {
        for command in commands(&fs::read_to_string(&document).unwrap()) {
            looked += usize::from(command.contains("cargo test") || command.contains("script/"));
            let unknown = unknown(&command, &packages);
            missing.extend(unknown.map(|name| format!("{}: {name}, in {command}", document.display())));
        }
    }
    assert!(looked > 30, "the commands were not found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_is_not_there_is_found() {
    let packages = packages();
    let commands = commands("`cargo test` [x](y) `script/test`\n```sh\nscript/gone    # no\n```\n");
    assert_eq!(commands, ["cargo test", "script/test", "script/gone"]);
    // In two parts, so that this file does not name them.
    let gone = ["nowhere_to_be", "_found"].concat();
    for (command, expected) in [
        ("cargo test -p seatline-tests --test service journey::somebody_books_a_seat", None),
        ("SEATLINE_SEED=7 script/test --faults 1m instances_are_killed", None),
        ("script/test --attacks 1m readers::a_slow_and_steady_reader_gets_all_of_a_large_answer", None),
        ("cargo test -p seatline-nobody", Some("cargo test -p seatline-nobody")),
        ("cargo test -p seatline-tests --test services", Some("services")),
        (&format!("cargo test -p seatline-domain {gone}"), Some(gone.as_str())),
        (&format!("script/test --faults 1m {gone}"), Some(gone.as_str())),
        (&format!("script/test --attacks 1m {gone}"), Some(gone.as_str())),
        ("script/nothing", Some("script/nothing")),
    ] {
        assert_eq!(unknown(command, &packages).as_deref(), expected, "{command}");
    }
}
