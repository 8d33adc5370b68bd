//! The files for deployment name metrics that exist, and every alert says what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::markdown::anchors;
use super::root;

fn read(path: &str) -> String {
    let path: PathBuf = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of a text that can only be metrics: Seatline's own by their prefix, those of others by what follows.
fn metrics(text: &str) -> BTreeSet<&str> {
    let belongs = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find(belongs) {
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|character| !belongs(character)).unwrap_or(rest.len()));
        rest = after;
        let selected = after.starts_with(['{', '[']) && !after.starts_with("{{");
        if word.starts_with("seatline_")
            || (selected && word.starts_with(|first: char| first.is_ascii_lowercase()))
        {
            found.insert(word);
        }
    }
    found
}

/// The metrics that the page of metrics lists, Seatline's own and those of others.
fn documented() -> BTreeSet<String> {
    let page = read("docs/metrics.md");
    let named = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    named.map(|(name, _)| name.to_owned()).collect()
}

fn undocumented(text: &str) -> Vec<&str> {
    let documented = documented();
    let is_there = |name: &str| {
        let parts = ["", "_bucket", "_sum", "_count"];
        parts.iter().any(|part| name.strip_suffix(part).is_some_and(|name| documented.contains(name)))
    };
    metrics(text).into_iter().filter(|name| !is_there(name)).collect()
}

/// The names of alerts.
fn alerts(rules: &str) -> Vec<&str> {
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect()
}

#[test]
fn alerts_and_dashboard_name_metrics_that_exist() {
    for file in ["docs/deploy/prometheus/alerts.yaml", "docs/deploy/grafana/seatline.json"] {
        let text = read(file);
        // Labels of templates, and comments, are no expressions.
        let text: Vec<_> = text.lines().filter(|line| !line.trim().starts_with('#')).collect();
        let text = text.join("\n");
        assert!(metrics(&text).len() > 10, "{file}: the metrics were not found");
        assert_eq!(undocumented(&text), [""; 0], "{file}");
    }
}

#[test]
fn a_metric_that_does_not_exist_is_found() {
    let text = r#""expr": "sum(rate(seatline_holds_total{outcome=\"created\"}[5m])) by {{lane}}", seatline_gone, up{a="b"}, other[1m]"#;
    assert_eq!(undocumented(text), ["other", "seatline_gone"]);
    assert_eq!(undocumented("seatline_lane_batch_duration_seconds_bucket"), [""; 0]);
}

#[test]
fn every_alert_is_tested_and_has_its_section_and_no_other_has() {
    let (rules, tests) =
        (read("docs/deploy/prometheus/alerts.yaml"), read("docs/deploy/prometheus/alerts_test.yaml"));
    let page = read("docs/operations.md");
    let (anchors, alerts) = (anchors(&page), alerts(&rules));
    assert!(alerts.len() > 10, "the alerts were not found");
    for alert in &alerts {
        let fires = [format!("alertname=\"{alert}\""), format!("alertname: {alert}\n")];
        assert!(fires.iter().any(|words| tests.contains(words.as_str())), "{alert} is not tested");
        let section = alert.to_lowercase();
        assert!(anchors.contains(&section), "{alert} has no section in docs/operations.md");
        assert!(rules.contains(&format!("runbook: docs/operations.md#{section}\n")), "{alert} leads nowhere");
    }
    let sections = page.lines().filter_map(|line| line.strip_prefix("### Seatline"));
    for section in sections {
        assert!(
            alerts.contains(&format!("Seatline{section}").as_str()),
            "there is no alert Seatline{section}"
        );
    }
}
