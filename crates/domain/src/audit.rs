//! The record of operators' changes: what was changed, when, and how it was before and after.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::Timestamp;
use crate::id::{AuditEntryId, ConcertId};
use crate::page::{Page, PageRequest};
use crate::storage::StorageError;

/// What an operator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Added a concert.
    ConcertAdded,
    /// Added a performance.
    PerformanceAdded,
    /// Changed a waiting room.
    QueueChanged,
}

/// One value of a recorded thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A text, or anything that reads as one.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Not set.
    None,
}

impl From<Option<u32>> for Fact {
    fn from(number: Option<u32>) -> Self {
        number.map_or(Self::None, |number| Self::Number(number.into()))
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A thing as it was at one moment: its values by the names that the HTTP contract gives them.
pub type Facts = BTreeMap<String, Fact>;

/// Builds [`Facts`] from pairs.
pub fn facts<const N: usize>(pairs: [(&str, Fact); N]) -> Facts {
    pairs.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect()
}

/// One operator's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Which entry.
    pub id: AuditEntryId,
    /// Of which concert.
    pub concert_id: ConcertId,
    /// What was done.
    pub action: AuditAction,
    /// How it was before; `None` when it was not there.
    pub before: Option<Facts>,
    /// How it is after.
    pub after: Facts,
    /// When, by the database's clock.
    pub at: Timestamp,
}

/// Reads the record.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The entries of a concert, newest first; the cursor is an entry's place in the record.
    async fn entries(
        &self,
        concert_id: ConcertId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEntry, i64>, StorageError>;
}
