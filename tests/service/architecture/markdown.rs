//! Reads the links and headings of a Markdown document.

use std::collections::{BTreeMap, BTreeSet};

/// A link, and the line on which it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    pub(super) line: usize,
}

/// The lines outside of fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

/// The line without what is in backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

/// The targets of `[text](target)`.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, content) in prose(text) {
        let content = without_code(content);
        for rest in content.split("](").skip(1) {
            let target = rest.split([')', ' ']).next().unwrap_or_default().to_owned();
            links.push(Link { target, line });
        }
    }
    links
}

/// The anchors of the headings, as GitHub makes them.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose(text).filter_map(|(_, line)| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| heading.strip_prefix(' ')).flatten()
    });
    let anchor = |heading: &str| {
        let kept =
            heading.trim().chars().filter(|one| one.is_alphanumeric() || [' ', '-', '_'].contains(one));
        kept.map(|one| if one == ' ' { '-' } else { one }).collect::<String>().to_lowercase()
    };
    headings
        .map(|heading| {
            let anchor = anchor(heading);
            let again = seen.entry(anchor.clone()).and_modify(|times| *times += 1).or_default();
            if *again == 0 { anchor } else { format!("{anchor}-{again}") }
        })
        .collect()
}

#[test]
fn links_are_found_outside_of_code_only() {
    let text = "[a](b.md) and [c](d.md#e \"title\")\n\n```sh\n[no](no.md)\n```\n`[no](no.md)` [f](#g)\n";
    let found: Vec<_> = links(text).into_iter().map(|link| (link.target, link.line)).collect();
    let expected = [("b.md", 1), ("d.md#e", 1), ("#g", 6)];
    assert_eq!(found, expected.map(|(target, line)| (target.to_owned(), line)));
}

#[test]
fn anchors_are_made_as_github_makes_them() {
    let text = "# The `seatline` binary, run\n## Twice\n#no\n```\n# code\n```\n### Twice\n";
    let expected = ["the-seatline-binary-run", "twice", "twice-1"].map(str::to_owned);
    assert_eq!(anchors(text), expected.into());
}
