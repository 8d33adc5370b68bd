use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use seatline_domain::audit::{AuditEntry, NO_CONCERT};
use seatline_domain::id::ConcertId;
use seatline_domain::operator_key::OperatorKey;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{AuditLog, OperatorKeys, Programme};

use crate::programme::ProgrammeError;

/// An operator's change, with the key by which it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedChange {
    /// The change.
    pub entry: AuditEntry,
    /// The key, good or deleted; `None` for the owner's, and for Seatline itself.
    pub key: Option<OperatorKey>,
}

/// Lists what operators changed of a concert, or of what belongs to none ([`NO_CONCERT`]).
pub struct ListAudit {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// The record.
    pub audit: Arc<dyn AuditLog>,
    /// The operators' keys.
    pub keys: Arc<dyn OperatorKeys>,
}

impl ListAudit {
    /// One page of it, newest first.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        concert_id: ConcertId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditedChange, i64>, ProgrammeError> {
        if concert_id != NO_CONCERT && self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        let page = self.audit.entries(concert_id, page).await?;
        let operators: BTreeSet<_> = page.items.iter().map(|entry| entry.stamp.operator).collect();
        let keys = self.keys.of_operators(operators.into_iter().collect()).await?;
        let keys: BTreeMap<_, _> = keys.into_iter().map(|key| (key.operator(), key)).collect();
        Ok(page.map(|entry| AuditedChange { key: keys.get(&entry.stamp.operator).cloned(), entry }))
    }
}
