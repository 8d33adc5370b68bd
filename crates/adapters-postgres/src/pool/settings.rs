use std::fmt;
use std::time::Duration;

/// The address of PostgreSQL, and the bounds of the pool.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// A URL or a list of `key=value`. May hold a password: never shown.
    pub url: String,
    /// The most connections.
    pub pool_size: usize,
    /// The longest wait for a free connection.
    pub wait: Duration,
}

impl fmt::Debug for ConnectionSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionSettings")
            .field("url", &"..")
            .field("pool_size", &self.pool_size)
            .field("wait", &self.wait)
            .finish()
    }
}
