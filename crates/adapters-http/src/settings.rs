use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::TimeDelta;
use seatline_domain::audit::OperatorId;
use seatline_domain::queue::policy;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::client_address::TrustedProxies;
use crate::cors_origins::CorsOrigins;

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The operators' bearer key.
    pub admin_key: AdminKey,
    /// Life of a pass in a new waiting room, unless its operator says otherwise.
    pub default_pass_ttl: TimeDelta,
    /// Time in which an admitted person of a new waiting room must show up, unless its operator says otherwise.
    pub default_show_up_within: TimeDelta,
    /// Number of threads that handle requests.
    pub workers: NonZeroUsize,
    /// The bounds of connections and requests.
    pub limits: HttpLimits,
    /// Whether clients are kept to a rate.
    pub rate_limits: bool,
    /// Proxies that are believed about the address of a client.
    pub trusted_proxies: TrustedProxies,
    /// Other sites whose pages may use the service.
    pub cors_origins: CorsOrigins,
}

impl HttpSettings {
    /// The usual settings: one worker a core, rates limited, no proxy trusted, closed to
    /// other sites' pages.
    pub fn new(admin_key: AdminKey) -> Self {
        Self {
            admin_key,
            default_pass_ttl: policy::DEFAULT_PASS_TTL,
            default_show_up_within: policy::DEFAULT_SHOW_UP_WITHIN,
            workers: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            limits: HttpLimits::default(),
            rate_limits: true,
            trusted_proxies: TrustedProxies::default(),
            cors_origins: CorsOrigins::default(),
        }
    }
}

/// Bounds of connections and requests. Every wait for a client has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Time in which the head of a connection's first request must arrive. The connection is closed after it.
    pub head_deadline: Duration,
    /// Time in which a body must arrive. The answer is 400 `malformed_request`, and the connection is closed.
    pub body_deadline: Duration,
    /// Idle timeout of connections. A connection on which no request is being handled
    /// and the client keeps the server waiting in any other way is closed after this and the `head_deadline` together.
    pub idle_timeout: Duration,
    /// Time for which a connection that is being closed may still deliver what nobody reads.
    pub disconnect_deadline: Duration,
    /// Send timeout: for how long a client may not take what was sent to it. The connection is closed after it.
    pub send_timeout: Duration,
    /// Interval at which a stream of events says that it is alive.
    pub heartbeat: Duration,
    /// After how long a stream of events closes and its client has to connect again, so that one which reads nothing does
    /// not stay for ever.
    pub stream_age_max: Duration,
    /// Time for which requests may still run after the server was told to stop.
    pub shutdown_deadline: Duration,
    /// Time in which the readiness check must answer.
    pub readiness_deadline: Duration,
    /// Most connections that are served at the same time, over all workers. Those that have been idle for longest make
    /// room for more; where none is idle, newcomers get 503 `unavailable`. Each takes two files.
    pub connections_max: usize,
    /// How long a new connection that asks nothing does not make room for another.
    pub newcomer_grace: Duration,
    /// Most connections of one address, trusted proxies excepted. Its own idle ones make room for more; where none is
    /// idle, its newcomers get 429 `rate_limited`. None where addresses are not limited.
    pub connections_of_address_max: Option<usize>,
    /// Most streams of events of one address, told apart behind trusted proxies. The answer to more is 429
    /// `rate_limited`. None where addresses are not limited.
    pub streams_of_address_max: Option<usize>,
    /// Most connections that wait to be accepted.
    pub backlog: i32,
    /// Most bytes of memory that large answers take, over all clients, until they are sent.
    pub unsent_memory_bytes_max: usize,
    /// Bytes of large answers that a client has not taken yet above which it is given no more of them.
    pub unsent_client_bytes_max: u64,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            head_deadline: Duration::from_secs(10),
            body_deadline: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            disconnect_deadline: Duration::from_secs(2),
            send_timeout: Duration::from_secs(30),
            heartbeat: Duration::from_secs(15),
            stream_age_max: Duration::from_hours(1),
            shutdown_deadline: Duration::from_secs(20),
            readiness_deadline: Duration::from_secs(2),
            connections_max: 25_000,
            newcomer_grace: Duration::from_millis(250),
            connections_of_address_max: Some(6_250),
            streams_of_address_max: Some(3_125),
            backlog: 4_096,
            unsent_memory_bytes_max: 256 << 20,
            unsent_client_bytes_max: 32 << 20,
        }
    }
}

/// The operators' bearer key. Only its SHA-256 is kept, and compared in constant time.
#[derive(Clone)]
pub struct AdminKey([u8; 32]);

/// Error of reading an operators' key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AdminKeyError {
    /// It is too short to be safe.
    #[error("an operators' key must have at least {} bytes", AdminKey::MIN_BYTES)]
    TooShort,
    /// It cannot be sent in an HTTP header.
    #[error("an operators' key must be printable ASCII without spaces")]
    NotPrintable,
}

impl AdminKey {
    /// The fewest bytes a key has.
    pub const MIN_BYTES: usize = 32;

    /// Takes a secret.
    ///
    /// # Errors
    /// [`AdminKeyError`] when it is too short, or could not be sent in a header.
    pub fn parse(secret: &str) -> Result<Self, AdminKeyError> {
        if secret.len() < Self::MIN_BYTES {
            return Err(AdminKeyError::TooShort);
        }
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AdminKeyError::NotPrintable);
        }
        Ok(Self(Sha256::digest(secret).into()))
    }

    /// The operator who uses this key: the beginning of a digest, which does not help to guess the key.
    pub fn operator(&self) -> OperatorId {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"seatline operator id").chain_update(self.0).finalize().into();
        let [first, second, third, fourth, ..] = digest;
        OperatorId::from_digest([first, second, third, fourth])
    }

    /// A digest from which the keys that the owner makes are derived, together with a secret of the service. Nobody who
    /// lacks the owner's key knows it.
    pub fn secret(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"seatline operators' keys").chain_update(self.0).finalize().into()
    }

    /// Whether somebody has sent this key. Takes as long for a near miss as for any other.
    pub fn is(&self, presented: &str) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        self.0.ct_eq(&presented).into()
    }
}

impl fmt::Debug for AdminKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_long_printable_and_never_shown() {
        let secret = "an-operators-key-of-32-bytes-abc";
        let key = AdminKey::parse(secret).unwrap();
        assert!(key.is(secret));
        assert!(!key.is("an-operators-key-of-32-bytes-abd"));
        assert!(!key.is(""));
        assert_eq!(key.operator(), AdminKey::parse(secret).unwrap().operator());
        assert_ne!(key.operator(), AdminKey::parse(&secret.to_uppercase()).unwrap().operator());
        assert_eq!(format!("{:?}", HttpSettings::new(key).admin_key), "AdminKey(..)");
        assert_eq!(AdminKey::parse(&secret[1..]).err(), Some(AdminKeyError::TooShort));
        assert_eq!(AdminKey::parse(&secret.replace('-', " ")).err(), Some(AdminKeyError::NotPrintable));
    }
}
