use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::event::{EventKind, EventKinds};
use seatline_domain::id::WebhookId;
use seatline_domain::webhook::{PreviousSecret, Webhook, WebhookSecret, WebhookUrl};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A webhook.
    WebhookRow as webhook_columns {
        webhook_id: Uuid => SqlUuid,
        url: String => Text,
        kinds: Vec<String> => Array<Text>,
        enabled: bool => Bool,
        secret: Vec<u8> => Binary,
        previous_secret: Option<Vec<u8>> => Nullable<Binary>,
        previous_secret_until: Option<Timestamp> => Nullable<Timestamptz>,
        created_at: Timestamp => Timestamptz,
        gave_up_at: Option<Timestamp> => Nullable<Timestamptz>,
        deleted_at: Option<Timestamp> => Nullable<Timestamptz>,
    }
}

row! {
    /// A webhook and its place among all.
    ListedWebhookRow as listed_webhook_columns {
        ..webhook: WebhookRow as webhook_columns,
        sequence: i64 => BigInt,
    }
}

row! {
    /// A webhook whose lease was taken, and the present.
    LeasedRow as leased_columns {
        ..webhook: WebhookRow as webhook_columns,
        now: Timestamp => Timestamptz = "clock_timestamp()",
    }
}

statement! {
    /// Makes those who make or change webhooks take turns until their commit. The sequence of webhooks is then the order of
    /// their commits.
    LockWebhooks {};
    "LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE"
}

statement! {
    /// Reads the webhooks that were not deleted, and these.
    FindWebhooks { webhook_id: Vec<Uuid> => Array<SqlUuid> } -> WebhookRow;
    "SELECT ", webhook_columns!(), " FROM webhooks WHERE deleted_at IS NULL OR webhook_id = ANY(?)"
}

statement! {
    /// Reads one webhook, unless it was deleted.
    FindWebhook { webhook_id: Uuid => SqlUuid } -> WebhookRow;
    "SELECT ", webhook_columns!(), " FROM webhooks WHERE webhook_id = ? AND deleted_at IS NULL"
}

statement! {
    /// Reads one page of the webhooks that were not deleted, newest first.
    FindWebhooksBefore {
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> ListedWebhookRow;
    "SELECT ", listed_webhook_columns!(), "
     FROM webhooks WHERE deleted_at IS NULL AND sequence < ? ORDER BY sequence DESC LIMIT ?"
}

statement! {
    /// Reads the kinds of events that webhooks want now.
    FindWantedKinds {} -> String;
    "SELECT DISTINCT unnest(kinds) FROM webhooks WHERE enabled AND deleted_at IS NULL"
}

statement! {
    /// Adds a webhook, whose lease nobody holds.
    InsertWebhook {
        webhook_id: Uuid => SqlUuid,
        url: String => Text,
        kinds: Vec<&'static str> => Array<Text>,
        enabled: bool => Bool,
        secret: Vec<u8> => Binary,
        created_at: Timestamp => Timestamptz,
    };
    "WITH added AS (INSERT INTO webhooks (webhook_id, url, kinds, enabled, secret, created_at)
                    VALUES (?, ?, ?, ?, ?, ?) RETURNING webhook_id)
     INSERT INTO webhook_leases (webhook_id) SELECT webhook_id FROM added"
}

statement! {
    /// Changes a webhook.
    UpdateWebhook {
        url: String => Text,
        kinds: Vec<&'static str> => Array<Text>,
        enabled: bool => Bool,
        secret: Vec<u8> => Binary,
        previous_secret: Option<Vec<u8>> => Nullable<Binary>,
        previous_secret_until: Option<Timestamp> => Nullable<Timestamptz>,
        gave_up_at: Option<Timestamp> => Nullable<Timestamptz>,
        deleted_at: Option<Timestamp> => Nullable<Timestamptz>,
        webhook_id: Uuid => SqlUuid,
    };
    "UPDATE webhooks SET url = ?, kinds = ?, enabled = ?, secret = ?, previous_secret = ?, previous_secret_until = ?,
                         gave_up_at = ?, deleted_at = ?
     WHERE webhook_id = ?"
}

statement! {
    /// Lets a webhook begin anew that has failed.
    ForgetFailures { webhook_id: Uuid => SqlUuid };
    "UPDATE webhook_leases SET failing_since = NULL WHERE webhook_id = ?"
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = CorruptRow;

    fn try_from(row: WebhookRow) -> Result<Self, CorruptRow> {
        let id = WebhookId::new(row.webhook_id);
        let previous = row.previous_secret.zip(row.previous_secret_until);
        let previous_secret = previous
            .map(|(bytes, until)| Ok(PreviousSecret { secret: secret(bytes, id)?, until }))
            .transpose()?;
        Ok(Self {
            id,
            url: url(row.url, id)?,
            events: kinds(&row.kinds),
            enabled: row.enabled,
            secret: secret(row.secret, id)?,
            previous_secret,
            created_at: row.created_at,
            gave_up_at: row.gave_up_at,
            deleted_at: row.deleted_at,
        })
    }
}

fn url(url: String, id: WebhookId) -> Result<WebhookUrl, CorruptRow> {
    WebhookUrl::normalised(url).map_err(|_| CorruptRow::new("address of a webhook", id))
}

fn secret(bytes: Vec<u8>, id: WebhookId) -> Result<WebhookSecret, CorruptRow> {
    let bytes = <[u8; 32]>::try_from(bytes);
    Ok(WebhookSecret::new(bytes.map_err(|_| CorruptRow::new("secret of a webhook", id))?))
}

/// A set of kinds by their names. One that a newer version knows, and this one does not, is nothing to it.
pub(crate) fn kinds(names: &[String]) -> EventKinds {
    names.iter().filter_map(|name| EventKind::parse(name).ok()).collect()
}

fn kinds_column(kinds: EventKinds) -> Vec<&'static str> {
    kinds.iter().map(EventKind::name).collect()
}

/// A webhook and its place among all.
pub(crate) fn listed_webhook(row: ListedWebhookRow) -> Result<(i64, Webhook), CorruptRow> {
    Ok((row.sequence, Webhook::try_from(row.webhook)?))
}

/// Waits until nobody else makes or changes webhooks.
pub(super) async fn lock(lease: &Lease, footprint: &Footprint) -> Result<(), Failure> {
    if !footprint.webhooks.is_empty() {
        // Few batches have any: none is to carry the room for it. So with all below.
        Box::pin(lease.execute(LockWebhooks {})).await?;
    }
    Ok(())
}

/// Reads webhooks as they are now.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    webhooks: &mut TrackedRows<WebhookId, Webhook>,
) -> Result<(), Failure> {
    if footprint.webhooks.is_empty() {
        return Ok(());
    }
    let webhook_id = footprint.webhooks.iter().map(|id| id.uuid()).collect();
    for row in Box::pin(lease.load(FindWebhooks { webhook_id })).await? {
        let webhook = Webhook::try_from(row)?;
        webhooks.load(webhook.id, webhook);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    if set.webhooks.added().chain(set.webhooks.changed()).next().is_none() {
        return Ok(());
    }
    Box::pin(write(lease, set)).await
}

async fn write(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut changed: Vec<&Webhook> = set.webhooks.changed().collect();
    for webhook in set.webhooks.added() {
        lease.execute(InsertWebhook::of(webhook)).await?;
        // One that was made and changed in the same batch is changed after it was added.
        changed.push(webhook);
    }
    for webhook in changed {
        lease.execute(UpdateWebhook::of(webhook)).await?;
        if webhook.enabled {
            lease.execute(ForgetFailures { webhook_id: webhook.id.uuid() }).await?;
        }
    }
    Ok(())
}

impl InsertWebhook {
    fn of(webhook: &Webhook) -> Self {
        Self {
            webhook_id: webhook.id.uuid(),
            url: webhook.url.as_str().to_owned(),
            kinds: kinds_column(webhook.events),
            enabled: webhook.enabled,
            secret: webhook.secret.bytes().to_vec(),
            created_at: webhook.created_at,
        }
    }
}

impl UpdateWebhook {
    fn of(webhook: &Webhook) -> Self {
        let previous = webhook.previous_secret.as_ref();
        Self {
            url: webhook.url.as_str().to_owned(),
            kinds: kinds_column(webhook.events),
            enabled: webhook.enabled,
            secret: webhook.secret.bytes().to_vec(),
            previous_secret: previous.map(|previous| previous.secret.bytes().to_vec()),
            previous_secret_until: previous.map(|previous| previous.until),
            gave_up_at: webhook.gave_up_at,
            deleted_at: webhook.deleted_at,
            webhook_id: webhook.id.uuid(),
        }
    }
}
