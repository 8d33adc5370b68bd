use async_trait::async_trait;
use seatline_domain::audit::AuditEntry;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::AuditLog;
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::tables::CorruptRow;
use crate::tables::audit_entries::{FindAuditEntriesBefore, audit_entry};

#[async_trait]
impl AuditLog for Postgres {
    async fn entries(
        &self,
        concert_id: ConcertId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEntry, i64>, StorageError> {
        let statement = FindAuditEntriesBefore {
            concert_id: concert_id.uuid(),
            before: page.after.unwrap_or(i64::MAX),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.shares.browsing.load(statement).await?;
        let entries = rows.into_iter().map(audit_entry).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(entries, page.limit, |(sequence, _)| *sequence).map(|(_, entry)| entry))
    }
}
