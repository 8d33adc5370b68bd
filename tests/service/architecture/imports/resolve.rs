//! Follows a path to the module that defines what it names.

use std::collections::BTreeSet;

use super::tree::{Segments, Tree};

/// Where a path leads.
#[derive(Clone, Copy)]
enum Place {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// One walk along a path and the re-exports that it meets.
struct Walk<'t> {
    tree: &'t Tree,
    /// Every module that the path leads through.
    passed: BTreeSet<usize>,
    /// Names that are being looked up: a re-export may lead back to itself.
    under_way: BTreeSet<(usize, String)>,
}

impl Tree {
    /// The modules that a path in `from` leads to and through; none when it leads out of the crate.
    pub(super) fn resolve(&self, from: usize, segments: &[String]) -> BTreeSet<usize> {
        let mut walk = self.walk();
        walk.follow(from, segments).map(|_| walk.passed).unwrap_or_default()
    }

    /// Whether a path in `from` names something that is no module.
    pub(super) fn is_item(&self, from: usize, segments: &[String]) -> bool {
        matches!(self.walk().follow(from, segments), Some(Place::Item(_)))
    }

    fn walk(&self) -> Walk<'_> {
        Walk { tree: self, passed: BTreeSet::new(), under_way: BTreeSet::new() }
    }
}

impl Walk<'_> {
    fn follow(&mut self, from: usize, segments: &[String]) -> Option<Place> {
        let (first, rest) = segments.split_first()?;
        let start = match first.as_str() {
            "crate" => Place::Module(0),
            "self" => Place::Module(from),
            "super" => Place::Module(self.tree.modules[from].parent?),
            name => self.look_up(from, name)?,
        };
        let mut place = self.pass(start);
        for name in rest {
            place = match place {
                Place::Module(module) if name == "super" => Place::Module(self.tree.modules[module].parent?),
                // A name that a macro makes is not seen, but where it must be is known.
                Place::Module(module) => self.look_up(module, name).unwrap_or(Place::Item(module)),
                Place::Item(_) => return Some(place),
            };
            place = self.pass(place);
        }
        Some(place)
    }

    fn pass(&mut self, place: Place) -> Place {
        let (Place::Module(module) | Place::Item(module)) = place;
        self.passed.insert(module);
        place
    }

    fn look_up(&mut self, module: usize, name: &str) -> Option<Place> {
        let tree = self.tree;
        let here = &tree.modules[module];
        if let Some(child) = here.children.get(name) {
            return Some(Place::Module(*child));
        }
        if here.items.contains(name) {
            return Some(Place::Item(module));
        }
        let asked = (module, name.to_owned());
        if !self.under_way.insert(asked.clone()) {
            return None;
        }
        let found = self.look_up_imported(module, name);
        self.under_way.remove(&asked);
        found
    }

    fn look_up_imported(&mut self, module: usize, name: &str) -> Option<Place> {
        let tree = self.tree;
        let here = &tree.modules[module];
        if let Some((_, path)) = here.imports.iter().find(|(known, _)| known == name) {
            return self.follow(module, path);
        }
        if module == 0
            && let Some(home) = tree.exported_macros.get(name)
        {
            return Some(Place::Item(*home));
        }
        here.globs.iter().find_map(|glob| self.look_up_in_glob(module, glob, name))
    }

    /// A glob that has not the name leaves no trace of the walk.
    fn look_up_in_glob(&mut self, module: usize, glob: &Segments, name: &str) -> Option<Place> {
        let before = self.passed.clone();
        let found = match self.follow(module, glob) {
            Some(Place::Module(source)) => self.look_up(source, name),
            Some(Place::Item(_)) | None => None,
        };
        if found.is_none() {
            self.passed = before;
        }
        found
    }
}
