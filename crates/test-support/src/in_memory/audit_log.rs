use async_trait::async_trait;
use seatline_domain::audit::AuditEntry;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::AuditLog;
use seatline_domain::storage::StorageError;

use super::InMemory;
use super::paging::page_of;

#[async_trait]
impl AuditLog for InMemory {
    async fn entries(
        &self,
        concert_id: ConcertId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEntry, i64>, StorageError> {
        let state = self.state();
        let record: Vec<_> =
            (1..).zip(&state.set.audit).filter(|(_, entry)| entry.concert_id == concert_id).collect();
        let newest_first = record.into_iter().rev();
        Ok(page_of(newest_first, page, |(place, _)| *place).map(|(_, entry)| entry.clone()))
    }
}
