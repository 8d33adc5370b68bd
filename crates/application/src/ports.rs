use std::sync::Arc;

use seatline_domain::ports::{
    Accounts, AnnouncedBoards, AuditLog, Cancellations, Charges, Deliveries, DeviceCodes, EventFeed,
    IdempotencyKeys, IdleAccounts, Ids, Inspection, NoWebhookCalls, OperatorKeys, Payments, Programme,
    ProgrammeEditor, QueueReader, Reservations, SeatInventory, Tickets, WaitingRooms, Wallets, WebhookCalls,
    Webhooks,
};

/// What Seatline needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Device codes.
    pub device_codes: Arc<dyn DeviceCodes>,
    /// The programme, to read.
    pub programme: Arc<dyn Programme>,
    /// The programme, to edit.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Waiting rooms, to change.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Waiting rooms, to read.
    pub queue: Arc<dyn QueueReader>,
    /// Boards of waiting rooms that are announced.
    pub announced_boards: Arc<dyn AnnouncedBoards>,
    /// Seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Reservations.
    pub reservations: Arc<dyn Reservations>,
    /// Points.
    pub wallets: Arc<dyn Wallets>,
    /// Charges by providers.
    pub charges: Arc<dyn Charges>,
    /// Payments.
    pub payments: Arc<dyn Payments>,
    /// Cancellations, and what is owed by them.
    pub cancellations: Arc<dyn Cancellations>,
    /// Tickets.
    pub tickets: Arc<dyn Tickets>,
    /// The record of operators' changes.
    pub audit: Arc<dyn AuditLog>,
    /// Operators' keys.
    pub operator_keys: Arc<dyn OperatorKeys>,
    /// Webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Deliveries of events to them.
    pub deliveries: Arc<dyn Deliveries>,
    /// Events.
    pub feed: Arc<dyn EventFeed>,
    /// Calls to other systems.
    pub webhook_calls: Arc<dyn WebhookCalls>,
    /// The search for broken invariants.
    pub inspection: Arc<dyn Inspection>,
    /// The records of idempotency keys, to be removed in time.
    pub keys: Arc<dyn IdempotencyKeys>,
    /// Accounts that never did anything, to be removed in time.
    pub idle_accounts: Arc<dyn IdleAccounts>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl Ports {
    /// Wires every port to one adapter. New ids come from `ids`; no other system is called.
    pub fn from_adapter<A>(adapter: Arc<A>, ids: Arc<dyn Ids>) -> Self
    where
        A: Accounts
            + DeviceCodes
            + Programme
            + ProgrammeEditor
            + WaitingRooms
            + QueueReader
            + AnnouncedBoards
            + SeatInventory
            + Reservations
            + Wallets
            + Charges
            + Payments
            + Cancellations
            + Tickets
            + AuditLog
            + OperatorKeys
            + Webhooks
            + Deliveries
            + EventFeed
            + Inspection
            + IdempotencyKeys
            + IdleAccounts
            + 'static,
    {
        Self {
            accounts: adapter.clone(),
            device_codes: adapter.clone(),
            programme: adapter.clone(),
            editor: adapter.clone(),
            rooms: adapter.clone(),
            queue: adapter.clone(),
            announced_boards: adapter.clone(),
            inventory: adapter.clone(),
            reservations: adapter.clone(),
            wallets: adapter.clone(),
            charges: adapter.clone(),
            payments: adapter.clone(),
            cancellations: adapter.clone(),
            tickets: adapter.clone(),
            audit: adapter.clone(),
            operator_keys: adapter.clone(),
            webhooks: adapter.clone(),
            deliveries: adapter.clone(),
            feed: adapter.clone(),
            webhook_calls: Arc::new(NoWebhookCalls),
            inspection: adapter.clone(),
            keys: adapter.clone(),
            idle_accounts: adapter,
            ids,
        }
    }
}
