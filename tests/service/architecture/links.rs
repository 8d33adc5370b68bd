//! Links between documents lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::markdown::{Link, anchors, links};
use super::root;

fn collect_documents(folder: &Path, documents: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_documents(&path, documents);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(path);
        }
    }
}

/// The links of a document that lead nowhere, with where they are.
fn broken_links(document: &Path) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    let folder = document.parent().unwrap();
    let leads_nowhere = |link: &Link| {
        let (file, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let target = if file.is_empty() { document.to_owned() } else { folder.join(file) };
        let anchor_is_there =
            || fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(anchor));
        !target.exists() || (!anchor.is_empty() && !anchor_is_there())
    };
    let within = links(&text).into_iter().filter(|link| !link.target.contains("://"));
    let broken = within.filter(leads_nowhere);
    broken.map(|link| format!("{}:{}: {}", document.display(), link.line, link.target)).collect()
}

/// All documents of the project.
pub(super) fn documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "tests/README.md"].map(|file| root().join(file)).into();
    documents.retain(|document| document.exists());
    collect_documents(&root().join("docs"), &mut documents);
    assert!(documents.len() > 2, "no documents were found");
    documents
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let broken: Vec<_> = documents().iter().flat_map(|document| broken_links(document)).collect();
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_missing_file_and_a_missing_heading_are_found() {
    let folder = TempDir::new().unwrap();
    let document = folder.path().join("a.md");
    fs::write(folder.path().join("b.md"), "# There\n").unwrap();
    fs::write(
        &document,
        "# Here\n[1](#here) [2](b.md#there) [3](https://example.com/c.md) [4](.)\n[5](c.md) [6](b.md#here) [7](#gone)\n",
    )
    .unwrap();
    let found = broken_links(&document);
    let expected = ["c.md", "b.md#here", "#gone"].map(|target| format!("{}:3: {target}", document.display()));
    assert_eq!(found, expected);
}
