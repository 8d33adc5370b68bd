//! Ports: what Seatline needs from outside, as traits that adapters implement.
//!
//! The comments are contracts. The suites of `test-support` check every implementation against them.

mod accounts;
mod announced_boards;
mod audit_log;
mod cancellations;
mod charges;
mod deliveries;
mod device_codes;
mod event_feed;
mod idempotency_keys;
mod idle_accounts;
mod ids;
mod inspection;
mod operator_keys;
mod payment_provider;
mod payments;
mod programme;
mod programme_editor;
mod queue_reader;
mod reservations;
mod seat_inventory;
mod tickets;
mod waiting_rooms;
mod wallets;
mod webhook_calls;
mod webhooks;

pub use accounts::Accounts;
pub use announced_boards::AnnouncedBoards;
pub use audit_log::AuditLog;
pub use cancellations::Cancellations;
pub use charges::Charges;
pub use deliveries::Deliveries;
pub use device_codes::DeviceCodes;
pub use event_feed::EventFeed;
pub use idempotency_keys::IdempotencyKeys;
pub use idle_accounts::{IdleAccounts, IdleRemoval};
pub use ids::Ids;
pub use inspection::Inspection;
pub use operator_keys::OperatorKeys;
pub use payment_provider::PaymentProvider;
pub use payments::Payments;
pub use programme::Programme;
pub use programme_editor::ProgrammeEditor;
pub use queue_reader::QueueReader;
pub use reservations::Reservations;
pub use seat_inventory::SeatInventory;
pub use tickets::Tickets;
pub use waiting_rooms::WaitingRooms;
pub use wallets::Wallets;
pub use webhook_calls::{NoWebhookCalls, WebhookCalls};
pub use webhooks::Webhooks;

#[cfg(any(test, feature = "mocks"))]
pub use self::{
    accounts::MockAccounts, announced_boards::MockAnnouncedBoards, audit_log::MockAuditLog,
    cancellations::MockCancellations, charges::MockCharges, deliveries::MockDeliveries,
    device_codes::MockDeviceCodes, event_feed::MockEventFeed, idempotency_keys::MockIdempotencyKeys,
    idle_accounts::MockIdleAccounts, ids::MockIds, inspection::MockInspection,
    operator_keys::MockOperatorKeys, payment_provider::MockPaymentProvider, payments::MockPayments,
    programme::MockProgramme, programme_editor::MockProgrammeEditor, queue_reader::MockQueueReader,
    reservations::MockReservations, seat_inventory::MockSeatInventory, tickets::MockTickets,
    waiting_rooms::MockWaitingRooms, wallets::MockWallets, webhook_calls::MockWebhookCalls,
    webhooks::MockWebhooks,
};
