//! Finds modules that import each other in a ring.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use super::tree::{Mention, Tree};

/// A place in the source that imports something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Site {
    file: PathBuf,
    line: usize,
    path: String,
}

/// Which child of a module imports which other child, and where.
type Edges = BTreeMap<(usize, usize), BTreeSet<Site>>;

/// Siblings each of which imports, directly or through others of them, all others.
pub(crate) struct Ring {
    /// The module whose children they are: `crate` for those at the top.
    parent: String,
    /// Their names, in order.
    modules: Vec<String>,
    imports: Vec<(String, String, BTreeSet<Site>)>,
}

impl Tree {
    /// All rings, those at the top first.
    pub(crate) fn rings(&self) -> Vec<Ring> {
        let mut rings: Vec<Ring> = self
            .edges_by_parent()
            .iter()
            .flat_map(|(parent, edges)| {
                rings_among(edges).into_iter().map(|ring| self.describe(*parent, &ring, edges))
            })
            .collect();
        rings.sort_by_key(|ring| {
            (ring.parent.matches("::").count(), ring.parent.clone(), ring.modules.clone())
        });
        rings
    }

    /// An import from one module to another, told as one between the two siblings that hold them.
    fn edges_by_parent(&self) -> BTreeMap<usize, Edges> {
        let mut all: BTreeMap<usize, Edges> = BTreeMap::new();
        for (from, module) in self.modules.iter().enumerate() {
            let below = self.lineage(from);
            let mentions = module.mentions.iter().filter(|mention| !self.is_use_of_import(from, mention));
            for mention in mentions {
                for to in self.resolve(from, &mention.segments) {
                    let apart = below.iter().zip(self.lineage(to)).skip_while(|(one, other)| **one == *other);
                    // One is within the other when they do not part.
                    let Some((one, other)) = apart.map(|(one, other)| (*one, other)).next() else { continue };
                    let Some(parent) = self.modules[one].parent else { continue };
                    let path = mention.segments.join("::");
                    let site = Site { file: module.file.clone(), line: mention.line, path };
                    all.entry(parent).or_default().entry((one, other)).or_default().insert(site);
                }
            }
        }
        all
    }

    /// Whether a mention only uses what a `use` of this module has named already: the `use` itself counts.
    fn is_use_of_import(&self, module: usize, mention: &Mention) -> bool {
        let imported = self.modules[module].imports.iter().find(|(name, _)| *name == mention.segments[0]);
        imported.is_some_and(|(_, path)| *path != mention.segments && self.is_item(module, path))
    }

    fn describe(&self, parent: usize, ring: &BTreeSet<usize>, edges: &Edges) -> Ring {
        let name = |module: usize| self.modules[module].name.clone();
        let within = edges.iter().filter(|((one, other), _)| ring.contains(one) && ring.contains(other));
        let imports = within.map(|((one, other), sites)| (name(*one), name(*other), sites.clone())).collect();
        let mut modules: Vec<String> = ring.iter().map(|module| name(*module)).collect();
        modules.sort();
        Ring { parent: self.path(parent), modules, imports }
    }
}

/// The strongly connected components of more than one node.
fn rings_among(edges: &Edges) -> Vec<BTreeSet<usize>> {
    let nodes: BTreeSet<usize> = edges.keys().flat_map(|(one, other)| [*one, *other]).collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        nodes.iter().map(|node| (*node, reachable(*node, edges))).collect();
    let ring_of = |node: &usize| -> BTreeSet<usize> {
        reached[node].iter().copied().filter(|other| reached[other].contains(node)).collect()
    };
    // A node that is reached from itself is in a ring with others: no module is its own sibling.
    let rings: BTreeSet<BTreeSet<usize>> = nodes.iter().map(ring_of).collect();
    rings.into_iter().filter(|ring| !ring.is_empty()).collect()
}

/// All nodes to which a way of at least one edge leads.
fn reachable(from: usize, edges: &Edges) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![from];
    while let Some(node) = ahead.pop() {
        for (_, next) in edges.keys().filter(|(one, _)| *one == node) {
            if reached.insert(*next) {
                ahead.push(*next);
            }
        }
    }
    reached
}

impl fmt::Display for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.parent, self.modules.join(" <-> "))?;
        for (one, other, sites) in &self.imports {
            writeln!(f, "    {one} -> {other}")?;
            for Site { file, line, path } in sites {
                writeln!(f, "        {}:{line}: {path}", file.display())?;
            }
        }
        Ok(())
    }
}
