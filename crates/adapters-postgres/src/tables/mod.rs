//! All SQL, one table a file: how its rows are read, locked, loaded and stored. A file that reads several tables is named
//! after what it gives.
//!
//! [`begin`], [`load`] and [`store`] are the three steps of a batch that touch PostgreSQL. Locks are taken in one order
//! everywhere: sale of a concert → concert → waiting room → pass → reservation → seat → wallet → operators' keys →
//! webhooks → deliveries → device codes, each kind by primary key. A statement takes its
//! snapshot before it waits for a lock; so what else must be known is read by later statements. Statements that do not
//! need each other's rows are sent together, and the server runs them in their order.

pub(crate) mod announced_boards;
pub(crate) mod audit_entries;
mod batch;
pub(crate) mod cancellations;
pub(crate) mod charges;
mod check_ins;
mod columns;
pub(crate) mod concerts;
mod corrupt_row;
pub(crate) mod credits;
pub(crate) mod deliveries;
pub(crate) mod device_codes;
mod event_data;
pub(crate) mod events;
pub(crate) mod halls;
pub(crate) mod idempotency_keys;
pub(crate) mod idle_accounts;
pub(crate) mod invariants;
pub(crate) mod ledger_entries;
pub(crate) mod operator_keys;
pub(crate) mod owned_seats;
pub(crate) mod passes;
pub(crate) mod payments;
pub(crate) mod performances;
pub(crate) mod refunds;
pub(crate) mod reservation_seats;
pub(crate) mod reservations;
mod sale_locks;
pub(crate) mod sales;
pub(crate) mod seat_counts;
pub(crate) mod seats;
pub(crate) mod tickets;
mod transaction;
pub(crate) mod users;
pub(crate) mod waiting_rooms;
pub(crate) mod wallets;
pub(crate) mod webhook_leases;
pub(crate) mod webhooks;

pub(crate) use batch::{begin, load, store};
pub(crate) use columns::{amount, bigint, count, integer, seat_number};
pub(crate) use corrupt_row::{CorruptRow, left_out, readable};
pub(crate) use events::publish_before_change;
pub(crate) use transaction::LockWait;
