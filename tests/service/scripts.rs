//! The scripts that people run do what they say.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../script").join(name)
}

/// Runs a script that finds these programs before all others, with nothing in its environment but this.
fn run(name: &str, arguments: &[&str], programs: &TempDir, environment: &[(&str, &str)]) -> Output {
    let path = format!("{}:/usr/bin:/bin", programs.path().display());
    let mut command = Command::new(script(name));
    command.args(arguments).env_clear().env("PATH", path).envs(environment.iter().copied()).output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// In place of cargo: it has a few tests, and says what it is to run.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
    *--list*) printf 'errors::faults::a: test\nfaults::a: test\nfaults::a_and_b: test\nattacks::a::b: test\n' ;;
    *--no-run*) ;;
    *) echo "cargo $*; for ${SEATLINE_FAULTS:-$SEATLINE_ATTACKS}, ${SEATLINE_SCENARIOS:-all} together" ;;
esac
"#;

fn programs() -> TempDir {
    let programs = tempfile::tempdir().unwrap();
    let cargo = programs.path().join("cargo");
    fs::write(&cargo, CARGO).unwrap();
    fs::set_permissions(cargo, PermissionsExt::from_mode(0o755)).unwrap();
    // What script/setup looks for, so that it installs nothing.
    for name in
        ["seatline", "cc", "initdb", "postgres", "faketime", "chromium", "chromedriver", "etcd", "haproxy"]
    {
        symlink("/bin/echo", programs.path().join(name)).unwrap();
    }
    programs
}

#[test]
fn a_fault_scenario_is_run_by_its_name_and_by_no_other() {
    let programs = programs();
    let ran = |names: &[&str]| {
        let arguments = ["--faults", "1m"].into_iter().chain(names.iter().copied()).collect::<Vec<_>>();
        run("test", &arguments, &programs, &[])
    };
    for (names, filters, together) in [
        (&["a"][..], "faults::a", "1"),
        (&["a_and_b", "a"], "faults::a_and_b faults::a", "2"),
        (&[], "faults::a faults::a_and_b", "all"),
    ] {
        let output = ran(names);
        assert!(output.status.success(), "{output:?}");
        let said = text(output.stdout);
        let expected = format!("--test-threads=1 {filters}; for 1m, {together} together\n");
        assert!(said.ends_with(&expected) && said.contains("-- --exact "), "{said}");
    }
    for unknown in ["and", "faults::a", "c"] {
        let output = ran(&["a", unknown]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(output.stderr).contains(&format!("no scenario {unknown}.")));
    }
}

#[test]
fn attacks_are_run_by_their_names_too() {
    for named in [&["--attacks", "1m", "a::b"][..], &["--attacks", "1m"]] {
        let said = text(run("test", named, &programs(), &[]).stdout);
        assert!(said.contains("--test-threads=1 attacks::a::b; for 1m, "), "{said}");
    }
}

#[test]
fn all_tests_are_run_whatever_fails() {
    let output = run("test", &["--", "--nocapture"], &programs(), &[]);
    let said = text(output.stdout);
    assert!(said.contains("cargo test --workspace --locked --no-fail-fast -- --nocapture"), "{said}");
}

#[test]
fn an_image_without_a_database_says_what_it_needs() {
    let programs = programs();
    let start = |arguments: &[&str], environment: &[_]| run("image-start", arguments, &programs, environment);
    for arguments in [&["serve"][..], &[], &["check"], &["migrate"]] {
        let refused = start(arguments, &[("DATABASE_URL", "")]);
        assert_eq!(refused.status.code(), Some(2));
        let said = text(refused.stderr);
        for needed in [
            "DATABASE_URL",
            "SEATLINE_ADMIN_KEY",
            "SEATLINE_QUEUE_KEYS",
            "SEATLINE_TICKET_KEYS",
            "SEATLINE_PAYMENTS",
            "docker compose up",
        ] {
            assert!(said.contains(needed), "{said}");
        }
    }
    let started = |arguments: &[&str], environment: &[_]| {
        text(start(arguments, environment).stdout).trim_end().to_owned()
    };
    assert_eq!(started(&["serve"], &[("DATABASE_URL", "postgresql://host/seatline")]), "serve");
    let flag = ["serve", "--database-url", "postgresql://host/seatline"];
    assert_eq!(started(&flag, &[]), flag.join(" "));
    assert_eq!(started(&["openapi"], &[]), "openapi");
}

#[test]
fn keys_are_made_once_and_for_nobody_elses_eyes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.env");
    fs::write(&file, "POSTGRES_PASSWORD=mine").unwrap();
    let make = || {
        let made = Command::new(script("keys")).arg(&file).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        (fs::read_to_string(&file).unwrap(), text(made.stdout))
    };
    let (first, said) = make();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let lines: Vec<_> = first.lines().map(|line| line.split_once('=').unwrap()).collect();
    let names: Vec<_> = lines.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["POSTGRES_PASSWORD", "SEATLINE_ADMIN_KEY", "SEATLINE_QUEUE_KEYS", "SEATLINE_TICKET_KEYS"]
    );
    assert!(lines[1..].iter().all(|(_, key)| key.len() == 64), "{first}");
    assert_ne!(lines[1].1, lines[2].1);
    assert!(lines[1..].iter().all(|(_, key)| !said.contains(key)), "{said}");
    assert_eq!(make().0, first, "what is there stays");
}

#[test]
fn the_scripts_of_the_page_have_the_types_that_they_say() {
    let checked = Command::new(script("types")).output().unwrap();
    let said = text(checked.stdout);
    assert!(checked.status.success(), "{said}{}", text(checked.stderr));
    assert!(said.ends_with("are sound\n") || said.ends_with("nothing was checked\n"), "{said}");
}

#[test]
fn the_files_for_deployment_are_sound() {
    let checked = Command::new(script("deployment")).output().unwrap();
    let said = text(checked.stdout);
    assert!(checked.status.success(), "{said}{}", text(checked.stderr));
    let verdicts: Vec<_> = said.lines().filter(|line| line.starts_with("deployment: ")).collect();
    assert_eq!(verdicts.len(), 2, "{said}");
}

/// Whether it works is seen by running it, which takes programs that few have. It says which.
#[test]
fn the_scripts_of_the_cluster_can_be_read_and_name_their_faults() {
    let folder = script("..").join("docs/deploy/ha");
    let read = "import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]";
    let files = ["cluster.py", "faults.py"].map(|file| folder.join(file));
    let checked = Command::new("python3").arg("-c").arg(read).args(&files).output().unwrap();
    assert!(checked.status.success(), "{}", text(checked.stderr));
    let refused = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(&files[1])
        .args(["nowhere", "1m", "no_such_fault"])
        .output()
        .unwrap();
    let said = text(refused.stderr);
    assert!(!refused.status.success() && said.contains("there is no fault no_such_fault"), "{said}");
    let page = fs::read_to_string(script("../docs/high-availability.md")).unwrap();
    let named = said.trim_end().rsplit_once("There are: ").unwrap().1;
    for fault in named.split(", ") {
        assert!(page.contains(&format!("`{fault}`")), "{fault} is not in docs/high-availability.md");
    }
}
