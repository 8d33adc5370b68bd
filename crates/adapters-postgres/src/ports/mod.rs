//! The domain's ports over PostgreSQL, one file each, in terms of the tables. Writes go through the lanes; reads go
//! straight to the pool or, where many people ask at once, through a [`Reader`](crate::lane::Reader).

mod accounts;
mod announced_boards;
mod audit_log;
mod board_news;
mod cancellations;
mod charges;
mod deliveries;
mod device_codes;
mod event_feed;
mod idempotency_keys;
mod idle_accounts;
mod inspection;
mod operator_keys;
mod payments;
mod programme;
mod programme_editor;
mod queue_reader;
mod reservations;
mod seat_inventory;
mod tickets;
mod waiting_rooms;
mod wallets;
mod webhooks;
