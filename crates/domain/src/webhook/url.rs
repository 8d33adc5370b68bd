use thiserror::Error;

use super::policy;

/// The address of a webhook, in the form in which it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Error of reading an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookUrlError {
    /// It is no address.
    #[error("must be an absolute URL with http or https")]
    Malformed,
    /// It is too long.
    #[error("must have at most {} characters", policy::URL_LENGTH_MAX)]
    TooLong,
    /// It names a user or a fragment.
    #[error("must have no user name, password or fragment")]
    Surplus,
    /// It is an address that must not be reached.
    #[error("must not be an address of one's own network")]
    Forbidden,
}

impl WebhookUrl {
    /// Wraps an address in its normal form.
    ///
    /// # Errors
    /// [`WebhookUrlError::TooLong`], and [`WebhookUrlError::Malformed`] when it cannot be one.
    pub fn normalised(url: String) -> Result<Self, WebhookUrlError> {
        if url.chars().count() > policy::URL_LENGTH_MAX {
            return Err(WebhookUrlError::TooLong);
        }
        let has_scheme = url.starts_with("http://") || url.starts_with("https://");
        let is_ascii = url.bytes().all(|byte| byte.is_ascii_graphic());
        if has_scheme && is_ascii { Ok(Self(url)) } else { Err(WebhookUrlError::Malformed) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_the_web_and_bounded() {
        assert!(WebhookUrl::normalised("https://shop.example/hooks?a=b".into()).is_ok());
        for bad in ["", "ftp://shop.example", "https://shop.example/a b", "https://shop.example/\n"] {
            assert_eq!(WebhookUrl::normalised(bad.into()), Err(WebhookUrlError::Malformed), "{bad}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(policy::URL_LENGTH_MAX));
        assert_eq!(WebhookUrl::normalised(long), Err(WebhookUrlError::TooLong));
    }
}
