use diesel::sql_types::{Array, Uuid as SqlUuid};
use seatline_domain::working_set::Footprint;
use uuid::Uuid;

use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, statement};

statement! {
    /// Keeps the sales of concerts from being stopped until the transaction ends, in an order that all keep to. Whoever
    /// waits to stop one is not overtaken by those who come later. No row is written for it.
    ShareSales { concert_id: Vec<Uuid> => Array<SqlUuid> } -> i64;
    "SELECT count(pg_advisory_xact_lock_shared(sale.key))
     FROM (SELECT uuid_hash_extended(concert_id, 0) AS key FROM ", arrays!(named: concert_id), " ORDER BY key) AS sale"
}

statement! {
    /// Waits until nobody else has the sales of concerts, and keeps all others out until the transaction ends.
    StopSales { concert_id: Vec<Uuid> => Array<SqlUuid> } -> i64;
    "SELECT count(pg_advisory_xact_lock(sale.key))
     FROM (SELECT uuid_hash_extended(concert_id, 0) AS key FROM ", arrays!(named: concert_id), " ORDER BY key) AS sale"
}

/// Takes the sales that a batch needs, before all rows: what is read afterwards holds until the commit.
pub(super) async fn lock(lease: &Lease, footprint: &Footprint) -> Result<(), Failure> {
    if !footprint.sales.is_empty() {
        let concert_id = footprint.sales.iter().map(|id| id.uuid()).collect();
        lease.load(ShareSales { concert_id }).await?;
    }
    if !footprint.stopped_sales.is_empty() {
        let concert_id = footprint.stopped_sales.iter().map(|id| id.uuid()).collect();
        lease.load(StopSales { concert_id }).await?;
    }
    Ok(())
}
