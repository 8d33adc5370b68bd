//! The modules of a crate, as its files declare them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemMod, Meta};

use super::collect::Collector;

/// A path in the source: `crate::seat::Seat` is `["crate", "seat", "Seat"]`.
pub(super) type Segments = Vec<String>;

/// A path that a module mentions, and the line where it does.
pub(super) struct Mention {
    pub(super) segments: Segments,
    pub(super) line: usize,
}

/// A module: what it defines, what it imports, what it mentions.
#[derive(Default)]
pub(super) struct Module {
    pub(super) name: String,
    pub(super) file: PathBuf,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    pub(super) items: BTreeSet<String>,
    /// Names that a `use` brings in, with what they stand for.
    pub(super) imports: Vec<(String, Segments)>,
    pub(super) globs: Vec<Segments>,
    pub(super) mentions: Vec<Mention>,
}

/// All modules of one crate. The first is its root.
pub(crate) struct Tree {
    pub(super) modules: Vec<Module>,
    /// Macros that `#[macro_export]` puts at the root, with the module that defines them.
    pub(super) exported_macros: BTreeMap<String, usize>,
}

impl Tree {
    /// Reads the crate whose root is in the folder `src`.
    ///
    /// # Panics
    /// A file is missing, is no Rust, or is named by `#[path]`.
    pub(crate) fn read(src: &Path) -> Self {
        let root = ["lib.rs", "main.rs"].map(|name| src.join(name)).into_iter().find(|file| file.exists());
        let root = root.unwrap_or_else(|| panic!("no crate has its root in {}", src.display()));
        let mut tree = Self { modules: Vec::new(), exported_macros: BTreeMap::new() };
        let module = Module { name: "crate".to_owned(), file: root.clone(), ..Module::default() };
        tree.modules.push(module);
        tree.read_file(0, &root, src);
        tree
    }

    fn read_file(&mut self, module: usize, file: &Path, folder: &Path) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.read_items(module, &parsed.items, folder);
    }

    /// `folder` is where the files of the module's children are.
    fn read_items(&mut self, module: usize, items: &[Item], folder: &Path) {
        let mut collector = Collector::default();
        for item in items {
            match item {
                Item::Mod(child) if !is_for_tests(&child.attrs) => self.read_child(module, child, folder),
                other => collector.item(other),
            }
        }
        for name in collector.exported_macros {
            self.exported_macros.insert(name, module);
        }
        let module = &mut self.modules[module];
        module.items = collector.items;
        module.imports = collector.imports;
        module.globs = collector.globs;
        module.mentions = collector.mentions;
    }

    fn read_child(&mut self, parent: usize, child: &ItemMod, folder: &Path) {
        let name = child.ident.to_string();
        let named_by_path = child.attrs.iter().any(|attribute| attribute.path().is_ident("path"));
        assert!(!named_by_path, "the file of module {name} is named by #[path]");
        let inner = folder.join(&name);
        let files = [folder.join(format!("{name}.rs")), inner.join("mod.rs")];
        let file = if child.content.is_some() {
            self.modules[parent].file.clone()
        } else {
            let file = files.into_iter().find(|file| file.exists());
            file.unwrap_or_else(|| panic!("module {name} has no file in {}", folder.display()))
        };
        let index = self.modules.len();
        let module =
            Module { name: name.clone(), file: file.clone(), parent: Some(parent), ..Module::default() };
        self.modules.push(module);
        self.modules[parent].children.insert(name, index);
        match &child.content {
            Some((_, items)) => self.read_items(index, items, &inner),
            None => self.read_file(index, &file, &inner),
        }
    }

    /// The module's ancestors from the root down, itself included.
    pub(super) fn lineage(&self, module: usize) -> Vec<usize> {
        let mut lineage = vec![module];
        while let Some(parent) = self.modules[lineage[lineage.len() - 1]].parent {
            lineage.push(parent);
        }
        lineage.reverse();
        lineage
    }

    /// The module's path from the root: `crate::seat`.
    pub(super) fn path(&self, module: usize) -> String {
        let names = self.lineage(module).into_iter().map(|module| self.modules[module].name.as_str());
        names.collect::<Vec<_>>().join("::")
    }
}

/// Whether something is compiled for tests only: `#[cfg(test)]`, alone or as one of `all(…)`.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    })
}
