//! Collects the paths that a module mentions.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, ItemMacro, ItemUse, Macro, Meta, Path, UseTree};

use super::tree::{Mention, Segments, is_for_tests};

/// What one module defines, imports and mentions.
#[derive(Default)]
pub(super) struct Collector {
    pub(super) items: BTreeSet<String>,
    pub(super) exported_macros: Vec<String>,
    pub(super) imports: Vec<(String, Segments)>,
    pub(super) globs: Vec<Segments>,
    pub(super) mentions: Vec<Mention>,
}

impl Collector {
    /// Takes in one item of the module.
    pub(super) fn item(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.items.extend(name.map(ToString::to_string));
        self.visit_item(item);
    }

    fn mention(&mut self, segments: Segments, at: &Ident) {
        self.mentions.push(Mention { segments, line: at.span().start().line });
    }

    fn use_tree(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |ident: &Ident| [prefix, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.use_tree(&with(&path.ident), &path.tree),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(prefix, tree);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                self.import(prefix.to_vec(), prefix.last().cloned(), &name.ident);
            }
            UseTree::Name(name) => self.import(with(&name.ident), Some(name.ident.to_string()), &name.ident),
            UseTree::Rename(rename) => {
                let path = if rename.ident == "self" { prefix.to_vec() } else { with(&rename.ident) };
                self.import(path, Some(rename.rename.to_string()), &rename.ident);
            }
            UseTree::Glob(glob) => {
                self.globs.push(prefix.to_vec());
                let line = glob.star_token.spans[0].start().line;
                self.mentions.push(Mention { segments: prefix.to_vec(), line });
            }
        }
    }

    fn import(&mut self, path: Segments, name: Option<String>, at: &Ident) {
        self.mention(path.clone(), at);
        self.imports.extend(name.map(|name| (name, path)));
    }

    /// Finds `a::b::c` in what only a macro understands. With `rooted`, only what begins with `crate`.
    fn tokens(&mut self, tokens: TokenStream, rooted: bool) {
        let mut path: Vec<Ident> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 || path.is_empty() {
                        self.end_of_path(&mut path, rooted);
                    }
                    path.push(ident);
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons = if punct.spacing() == Spacing::Joint || colons == 1 { colons + 1 } else { 3 };
                }
                other => {
                    self.end_of_path(&mut path, rooted);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream(), rooted);
                    }
                }
            }
        }
        self.end_of_path(&mut path, rooted);
    }

    fn end_of_path(&mut self, path: &mut Vec<Ident>, rooted: bool) {
        if let [first, _, ..] = path.as_slice()
            && (!rooted || *first == "crate")
        {
            let first = first.clone();
            self.mention(path.iter().map(ToString::to_string).collect(), &first);
        }
        path.clear();
    }

    /// Finds paths in strings of an attribute, such as `#[serde(with = "crate::amount")]`.
    fn strings(&mut self, tokens: TokenStream, at: &Ident) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.strings(group.stream(), at),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let path = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                    if let Some(path) = path.and_then(|path| syn::parse_str::<Path>(path).ok())
                        && path.segments.len() > 1
                    {
                        self.mention(path.segments.iter().map(|one| one.ident.to_string()).collect(), at);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.use_tree(&[], &item.tree);
        }
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        let Some(name) = &item.ident else { return visit::visit_item_macro(self, item) };
        if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
            self.exported_macros.push(name.to_string());
        }
        // What else a macro's body names is looked up where the macro is used.
        self.tokens(item.mac.tokens.clone(), true);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.visit_path(&mac.path);
        self.tokens(mac.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        self.visit_path(attribute.path());
        let first = &attribute.path().segments[0].ident;
        match &attribute.meta {
            Meta::List(list) => {
                self.tokens(list.tokens.clone(), false);
                self.strings(list.tokens.clone(), first);
            }
            Meta::Path(_) | Meta::NameValue(_) => {}
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        // A single name is an import, a neighbour, or no module's at all.
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.mention(segments, &path.segments[0].ident);
        }
        visit::visit_path(self, path);
    }
}
