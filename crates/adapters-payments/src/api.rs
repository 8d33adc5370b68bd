use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use seatline_domain::charge::{ProviderError, ProviderName};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::calls::{Operation, Outcome, count};

/// The address of a provider's interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAddress(Url);

/// It is no address of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the address of an interface, such as https://api.stripe.com")]
pub struct ApiAddressError;

impl ApiAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`ApiAddressError`] when it is not `http` or `https`, or says more than a scheme, a host, a port and a path.
    pub fn parse(text: &str) -> Result<Self, ApiAddressError> {
        let mut url = Url::parse(text).map_err(|_| ApiAddressError)?;
        let bare = url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !bare || !nobody {
            return Err(ApiAddressError);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

/// A provider cannot be set up.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// TLS cannot be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The client cannot be set up.
    #[error("cannot set up the client of the payment provider")]
    Client(#[from] reqwest::Error),
    /// A key cannot stand in a header.
    #[error("the provider's secret key is not printable ASCII")]
    Key,
}

/// A provider's interface, asked with bounds.
#[derive(Clone)]
pub(crate) struct Api {
    provider: ProviderName,
    client: Client,
    address: Url,
    authorization: HeaderValue,
}

/// An answer: its status, and its body as far as it is read.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
}

impl Api {
    /// The longest wait for one answer.
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
    /// The longest that a call takes, with all its attempts.
    const CALL_TIMEOUT: Duration = Duration::from_secs(7);
    /// The waits between attempts.
    const BACKOFF: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(600)];
    /// The most bytes of an answer that are read.
    const ANSWER_MAX: usize = 512 * 1_024;

    /// A provider's interface at an address, with the value of `Authorization` for every call.
    pub(crate) fn new(
        provider: ProviderName,
        address: &ApiAddress,
        authorization: &SecretString,
    ) -> Result<Self, SetUpError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Self::ATTEMPT_TIMEOUT)
            .timeout(Self::ATTEMPT_TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("seatline/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let mut authorization =
            HeaderValue::from_str(authorization.expose_secret()).map_err(|_| SetUpError::Key)?;
        authorization.set_sensitive(true);
        Ok(Self { provider, client, address: address.0.clone(), authorization })
    }

    /// Reads something.
    pub(crate) async fn get(&self, operation: Operation, path: &str) -> Result<Reply, ProviderError> {
        let url = self.at(path);
        self.call(operation, || self.client.get(url.clone())).await
    }

    /// Does something, once for a key: whoever asks again with it gets the first answer.
    pub(crate) async fn post(
        &self,
        operation: Operation,
        path: &str,
        content_type: &'static str,
        key: &str,
        body: String,
    ) -> Result<Reply, ProviderError> {
        let url = self.at(path);
        self.call(operation, || {
            let request = self.client.post(url.clone()).header("Idempotency-Key", key);
            request.header("Content-Type", content_type).body(body.clone())
        })
        .await
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address.as_str().trim_end_matches('/'))
    }

    /// Asks, and asks again after what may pass.
    async fn call(
        &self,
        operation: Operation,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Reply, ProviderError> {
        let attempts = async {
            let mut waits = Self::BACKOFF.into_iter();
            loop {
                let answer = self.attempt(request()).await;
                let reason = match answer {
                    Ok(reply) if !may_pass(reply.status) => return Ok(reply),
                    Ok(reply) => format!("it answered {}", reply.status),
                    Err(error) => error.without_url().to_string(),
                };
                match waits.next() {
                    Some(wait) => sleep(wait).await,
                    None => return Err(ProviderError::Unavailable(reason)),
                }
            }
        };
        let too_late = |_| Err(ProviderError::Unavailable("it did not answer in time".into()));
        let result = timeout(Self::CALL_TIMEOUT, attempts).await.unwrap_or_else(too_late);
        count(self.provider, operation, outcome(&result));
        result
    }

    async fn attempt(&self, request: RequestBuilder) -> reqwest::Result<Reply> {
        let response = request.header("Authorization", self.authorization.clone()).send().await?;
        let status = response.status();
        Ok(Reply { status, body: read(response).await? })
    }
}

fn outcome(result: &Result<Reply, ProviderError>) -> Outcome {
    match result {
        Ok(reply) if reply.status.is_success() => Outcome::Answered,
        Ok(reply) if reply.status == StatusCode::NOT_FOUND => Outcome::Unknown,
        Ok(_) => Outcome::Refused,
        Err(_) => Outcome::Unavailable,
    }
}

/// Reads a body, as far as it is not too long.
async fn read(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > Api::ANSWER_MAX {
            body.clear();
            break;
        }
    }
    Ok(body)
}

/// Whether asking again may be answered otherwise. Every call is safe to repeat.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        )
}

impl Reply {
    /// The body, of a call that went well.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ProviderError::Unavailable(format!("its answer cannot be read: {error}")))
    }

    /// The body where it can be read, of a call that did not.
    pub(crate) fn error<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A failure of a call that the provider did not do, for its own reasons.
    pub(crate) fn refusal(&self, code: &str) -> ProviderError {
        let reason = self.reason(code);
        if self.status.is_client_error() {
            ProviderError::Refused(reason)
        } else {
            ProviderError::Unavailable(reason)
        }
    }

    /// A failure of a call that the provider did not do because of the key that it was asked with: somebody must correct
    /// the settings.
    pub(crate) fn wrong_key(&self, provider: ProviderName, code: &str) -> ProviderError {
        let reason = self.reason(code);
        tracing::error!(%provider, reason, "the payment provider does not take the secret key: look at the settings");
        ProviderError::Unavailable(reason)
    }

    fn reason(&self, code: &str) -> String {
        format!("it answered {} {code}", self.status.as_u16())
    }
}

/// TLS 1.2 and 1.3, trusting whom the operating system trusts.
fn tls() -> Result<ClientConfig, SetUpError> {
    let found = rustls_native_certs::load_native_certs();
    for error in found.errors {
        tracing::warn!(%error, "a certificate of the operating system cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
impl Reply {
    /// An answer of this status that says this code.
    pub(crate) fn of(status: u16, code: &str) -> Self {
        let body = serde_json::json!({"code": code, "error": {"code": code}}).to_string();
        Self { status: StatusCode::from_u16(status).unwrap(), body: body.into_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_interfaces() {
        let address = |text| ApiAddress::parse(text).map(|address| address.0.to_string());
        assert_eq!(address("https://api.stripe.com").unwrap(), "https://api.stripe.com/");
        assert_eq!(address("http://127.0.0.1:9/base/").unwrap(), "http://127.0.0.1:9/base");
        for bad in ["", "api.stripe.com", "ftp://a", "https://u:p@a", "https://a?b", "file:///etc"] {
            assert_eq!(address(bad), Err(ApiAddressError), "{bad}");
        }
    }
}
