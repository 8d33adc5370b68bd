//! Both languages say the same things.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Every text by its id, with the arguments that it names, those of texts that it contains included.
fn texts(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(source(language).to_owned());
    assert!(resource.is_ok(), "{language:?}: {:?}", resource.err().map(|(_, errors)| errors));
    let mut texts = BTreeMap::new();
    let mut id = String::new();
    for line in source(language).lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((name, _)) = line.split_once(" =")
        {
            name.clone_into(&mut id);
            assert!(texts.insert(id.clone(), BTreeSet::new()).is_none(), "{id} is there twice");
        }
        let found = names_after(line, '$').map(|name| format!("${name}"));
        let contained = line.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let contained = contained.map(str::trim).filter(|name| name.starts_with(char::is_alphabetic));
        let found: Vec<_> = found.chain(contained.map(str::to_owned)).collect();
        texts.entry(id.clone()).or_insert_with(BTreeSet::new).extend(found);
    }
    texts.remove("");
    let resolved = |id: &str| resolve(&texts, id);
    texts.keys().map(|id| (id.clone(), resolved(id))).collect()
}

fn resolve(texts: &BTreeMap<String, BTreeSet<String>>, id: &str) -> BTreeSet<String> {
    let named = texts.get(id).unwrap_or_else(|| panic!("{id} is contained, and not there"));
    let of = |name: &String| {
        if name.starts_with('$') { BTreeSet::from([name.clone()]) } else { resolve(texts, name) }
    };
    named.iter().flat_map(of).collect()
}

fn names_after(text: &str, mark: char) -> impl Iterator<Item = String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
    text.split(mark).skip(1).map(name).collect::<Vec<_>>().into_iter()
}

#[test]
fn both_languages_have_every_text_with_the_same_arguments() {
    let (english, korean) = (texts(Language::English), texts(Language::Korean));
    assert!(english.len() > 100, "the texts were not found");
    let surplus = |one: &BTreeMap<String, _>, other: &BTreeMap<String, _>| {
        one.keys().filter(|id| !other.contains_key(*id)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(surplus(&english, &korean), Vec::<String>::new(), "missing in Korean");
    assert_eq!(surplus(&korean, &english), Vec::<String>::new(), "missing in English");
    for (id, arguments) in &english {
        // A language may leave the number out of which only another makes plurals.
        let (one, other): (BTreeSet<_>, BTreeSet<_>) = (
            arguments.iter().filter(|name| *name != "$count").collect(),
            korean[id].iter().filter(|name| *name != "$count").collect(),
        );
        assert_eq!(one, other, "{id}");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_text_that_is_named_is_there_and_every_text_is_named() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = [files(&root.join("src")), files(&root.join("templates"))].concat();
    let sources = sources.into_iter().filter(|path| !path.ends_with("tests.rs"));
    let all: String = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
    let texts = texts(Language::English);
    for call in ["say(\"", ".text(\"", ".with(\""] {
        for rest in all.split(call).skip(1) {
            let id = rest.split('"').next().unwrap();
            assert!(texts.contains_key(id), "{id} is named, and not there");
        }
    }
    let contained: String = source(Language::English).to_owned();
    for id in texts.keys() {
        let named = all.contains(&format!("\"{id}\"")) || contained.contains(&format!("{{ {id} }}"));
        assert!(named, "{id} is there, and nobody names it");
    }
}

#[test]
fn numbers_are_grouped_and_plurals_are_those_of_the_language() {
    let (english, korean) = (Words(Language::English), Words(Language::Korean));
    assert_eq!(english.with("people-ahead", [("count", 1.into())]), "1 person is ahead of you");
    assert_eq!(english.with("people-ahead", [("count", 12_345.into())]), "12,345 people are ahead of you");
    assert_eq!(korean.with("people-ahead", [("count", 12_345.into())]), "앞에 12,345명이 있습니다");
}
