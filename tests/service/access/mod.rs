//! What is kept from clients: too many requests at once, answers to other sites' pages, and secrets.

mod cors;
mod forwarded;
mod headers;
mod key_rotation;
mod rate_limits;
mod secrecy;
#[cfg(target_os = "linux")]
mod tls;
