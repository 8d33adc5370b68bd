use std::sync::Arc;

use seatline_domain::audit::AuditEntry;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{AuditLog, Programme};

use crate::programme::ProgrammeError;

/// Lists what operators changed of a concert.
pub struct ListAudit {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// The record.
    pub audit: Arc<dyn AuditLog>,
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
    ) -> Result<Page<AuditEntry, i64>, ProgrammeError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        Ok(self.audit.entries(concert_id, page).await?)
    }
}
