//! The records that make retries safe.

mod forget_lapsed_keys;

pub use forget_lapsed_keys::ForgetLapsedKeys;
