use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::commands::{ReplayDeliveryCommand, WebhookError};
use seatline_domain::event::EventPosition;
use seatline_domain::id::WebhookId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Deliveries;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{
    Delivery, DeliveryLease, DueDelivery, RecordedAttempts, SettledDelivery, Webhook,
};
use uuid::Uuid;

use super::webhooks::LANE;
use crate::failure::Failure;
use crate::lane::submit;
use crate::pool::Lease;
use crate::postgres::Postgres;
use crate::tables::deliveries::FindDeliveriesBefore;
use crate::tables::webhook_leases::{
    FindDue, LockLease, NoteFailures, ProlongLease, RecordAttempts, ReleaseLease, ReleaseWaiting, TakeLeases,
    due_delivery,
};
use crate::tables::{CorruptRow, readable};

/// How long deliveries give way to those who hold, pay and charge, each time that some are asked for.
const GIVE_WAY: Duration = Duration::from_millis(100);

#[async_trait]
impl Deliveries for Postgres {
    async fn lease(&self, holder: Uuid, limit: u16) -> Result<Vec<DeliveryLease>, StorageError> {
        let rows = self.shares.events.load(TakeLeases { limit: limit.into(), holder }).await?;
        let leases = rows.into_iter().map(|row| {
            let now = row.now;
            let webhook = Webhook::try_from(row.webhook)?;
            let secrets = webhook.signing_secrets(now);
            Ok(DeliveryLease { webhook_id: webhook.id, holder, url: webhook.url, secrets, taken_at: now })
        });
        Ok(leases.filter_map(readable).collect())
    }

    async fn due(
        &self,
        lease: &DeliveryLease,
        under_way: &[EventPosition],
        limit: u16,
    ) -> Result<Option<Vec<DueDelivery>>, StorageError> {
        if limit > 0 {
            self.give_way(GIVE_WAY).await;
        }
        let connection = self.shares.events.begin().await?;
        let due = due(&connection, lease, under_way, limit).await;
        Ok(connection.finish(due).await?)
    }

    async fn record(
        &self,
        lease: &DeliveryLease,
        settled: Vec<SettledDelivery>,
    ) -> Result<Option<RecordedAttempts>, StorageError> {
        let connection = self.shares.events.begin().await?;
        let recorded = record(&connection, lease, &settled).await;
        Ok(connection.finish(recorded).await?)
    }

    async fn release(&self, lease: &DeliveryLease) -> Result<(), StorageError> {
        let connection = self.shares.events.lease().await?;
        let release = ReleaseLease { webhook_id: lease.webhook_id.uuid(), holder: lease.holder };
        connection.execute(release).await?;
        Ok(())
    }

    async fn replay(&self, command: ReplayDeliveryCommand) -> Result<Answer<Delivery>, WebhookError> {
        submit(&self.cells.home().wallet_lanes, LANE, command).await
    }

    async fn deliveries(
        &self,
        webhook_id: WebhookId,
        page: PageRequest<i64>,
    ) -> Result<Page<Delivery, i64>, StorageError> {
        let statement = FindDeliveriesBefore {
            webhook_id: webhook_id.uuid(),
            before: page.after.unwrap_or(i64::MAX),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.shares.browsing.load(statement).await?;
        let deliveries = rows.into_iter().map(Delivery::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(deliveries, page.limit, |delivery| delivery.position.get()))
    }
}

async fn due(
    connection: &Lease,
    lease: &DeliveryLease,
    under_way: &[EventPosition],
    limit: u16,
) -> Result<Option<Vec<DueDelivery>>, Failure> {
    let (webhook_id, holder) = (lease.webhook_id.uuid(), lease.holder);
    if connection.execute(ProlongLease { webhook_id, holder }).await? == 0 {
        return Ok(None);
    }
    loop {
        let find = FindDue {
            webhook_id,
            under_way: under_way.iter().map(|position| position.get()).collect(),
            limit: limit.into(),
        };
        let rows = connection.load(find).await?;
        let found: Vec<_> = rows.into_iter().map(due_delivery).filter_map(readable).collect();
        let waited_only = !found.is_empty() && found.iter().all(Option::is_none);
        // Where all of them waited for others, there may be more behind them.
        if !waited_only {
            return Ok(Some(found.into_iter().flatten().collect()));
        }
    }
}

async fn record(
    connection: &Lease,
    lease: &DeliveryLease,
    settled: &[SettledDelivery],
) -> Result<Option<RecordedAttempts>, Failure> {
    let (webhook_id, holder) = (lease.webhook_id.uuid(), lease.holder);
    if connection.execute(LockLease { webhook_id, holder }).await? == 0 {
        return Ok(None);
    }
    connection.execute(RecordAttempts::of(webhook_id, settled)).await?;
    connection.execute(ReleaseWaiting::of(webhook_id, settled)).await?;
    let delivered = settled.iter().any(|settled| settled.outcome.is_delivered());
    let rows = connection.load(NoteFailures { delivered, webhook_id }).await?;
    let noted = rows.into_iter().next();
    Ok(noted.map(|row| RecordedAttempts { failing_since: row.failing_since, now: row.now }))
}
