//! The records that make retries safe.

mod delete_expired_keys;

pub use delete_expired_keys::DeleteExpiredKeys;
