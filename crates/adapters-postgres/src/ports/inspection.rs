use async_trait::async_trait;
use seatline_domain::invariant::Violation;
use seatline_domain::ports::Inspection;
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::tables::invariants::violations;

#[async_trait]
impl Inspection for Postgres {
    async fn violations(&self) -> Result<Vec<Violation>, StorageError> {
        let mut lease = self.shares.browsing.begin().await?;
        let result = violations(&mut lease).await;
        Ok(lease.finish(result).await?)
    }
}
