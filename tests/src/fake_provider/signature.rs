use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header with Stripe's signature of a notice, by a secret, as of so many seconds since 1970.
pub fn sign_notice(secret: &str, signed_at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{signed_at}.{body}").as_bytes());
    let signature = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        write!(text, "{byte:02x}").unwrap();
        text
    });
    format!("t={signed_at},v1={signature}")
}
