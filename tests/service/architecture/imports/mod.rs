//! Reads which modules of a crate import which, and finds those that import each other in a ring.
//!
//! A path counts wherever it stands: in a `use`, a type, an expression, a macro's arguments, an attribute. It is
//! followed through re-exports to the module that defines the name, and every module on the way counts as imported.
//! What is compiled for tests only does not count. A glob counts as an import of its module alone.
//!
//! Only siblings form rings. That a folder's `mod.rs` and its children know each other is how Rust writes one thing
//! in several files.

mod collect;
mod resolve;
mod rings;
mod tree;

pub(crate) use self::tree::Tree;
