use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::{ClientBuilder, Method, RequestBuilder};
use serde_json::Value;

use crate::answer::Answer;
use crate::events::Events;

/// Somebody who sends requests to one instance.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    /// Connections that were idle for longer are not used again: an instance may be about to close them.
    const IDLE_MAX: Duration = Duration::from_millis(200);

    /// Longer than any answer takes.
    const TIMEOUT: Duration = Duration::from_mins(1);

    /// Somebody who asks the instance at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self::with_timeout(address, Self::TIMEOUT)
    }

    /// Somebody who asks from one of this machine's own addresses.
    pub fn from_address(from: IpAddr, address: SocketAddr) -> Self {
        Self::build(address, |http| http.timeout(Self::TIMEOUT).local_address(from))
    }

    /// Somebody who waits for an answer no longer than this.
    pub fn with_timeout(address: SocketAddr, timeout: Duration) -> Self {
        Self::build(address, |http| http.timeout(timeout))
    }

    fn build(address: SocketAddr, adjust: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        // It speaks plain HTTP only, but is not built without TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().pool_idle_timeout(Self::IDLE_MAX).no_proxy().tls_certs_only([]);
        let http = adjust(http).build().unwrap();
        Self { base: format!("http://{address}"), http }
    }

    /// A request for this path, which may have a query.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        Request(self.http.request(method, format!("{}{path}", self.base)))
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    /// `POST`, without a body so far.
    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    /// `PATCH`, without a body so far.
    pub fn patch(&self, path: &str) -> Request {
        self.request("PATCH", path)
    }
}

/// A request that can still be added to.
#[must_use = "a request does nothing until it is sent"]
pub struct Request(RequestBuilder);

impl Request {
    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Adds a header of any bytes.
    pub fn header_bytes(self, name: &str, value: &[u8]) -> Self {
        Self(self.0.header(name, reqwest::header::HeaderValue::from_bytes(value).unwrap()))
    }

    /// Says who is asking.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Says whose turn it is.
    pub fn queue_token(self, token: &str) -> Self {
        self.header("queue-token", token)
    }

    /// Makes retries safe.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends this JSON.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends these bytes, declared as JSON.
    pub fn json_bytes(self, body: impl Into<reqwest::Body>) -> Self {
        self.body("application/json", body)
    }

    /// Sends these bytes.
    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("content-type", content_type).body(body))
    }

    /// Sends these bytes without saying what they are.
    pub fn undeclared(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    /// Sends it. Whatever comes back must have what every answer has. Of a stream, which may never end, only the head
    /// is read.
    pub async fn send(self) -> Answer {
        self.try_send().await.unwrap()
    }

    /// The same, of an instance that may end meanwhile.
    ///
    /// # Errors
    /// An error of the connection, if no answer comes.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.0.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_stream = headers.get("content-type").is_some_and(|of| of == Events::MEDIA_TYPE);
        let body = if is_stream { Vec::new() } else { response.bytes().await?.to_vec() };
        Ok(Answer::new(status, headers, body))
    }

    /// Sends it, and reads the body with its coding undone.
    pub async fn send_decoded(self) -> Answer {
        self.send().await.decoded()
    }

    /// Sends it, and goes on reading the stream of events that comes back.
    pub async fn events(self) -> Events {
        Events::of(self.0.send().await.unwrap())
    }
}
