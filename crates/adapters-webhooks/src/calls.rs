use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use seatline_domain::Timestamp;
use seatline_domain::event::PublishedEvent;
use seatline_domain::ports::WebhookCalls;
use seatline_domain::webhook::{AttemptFailure, AttemptOutcome, WebhookSecret, WebhookUrl, WebhookUrlError};
use thiserror::Error;
use url::{Host, Url};

use crate::addresses::AllowedNetworks;
use crate::guarded_names::{ForbiddenAddress, GuardedNames, LookUpNames, SystemNames};
use crate::message::Message;
use crate::outcomes::Outcomes;

/// How other systems are called.
#[derive(Clone)]
pub struct CallSettings {
    /// One's own networks that may be reached nevertheless.
    pub allowed: AllowedNetworks,
    /// The longest that a call may take, from looking the name up to the end of the answer.
    pub timeout: Duration,
    /// Looks names up.
    pub names: Arc<dyn LookUpNames>,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            allowed: AllowedNetworks::default(),
            timeout: Duration::from_secs(15),
            names: Arc::new(SystemNames),
        }
    }
}

/// No client can be made.
#[derive(Debug, Error)]
#[error("cannot call other systems")]
pub struct CallsError(#[source] reqwest::Error);

/// Calls other systems over HTTP. Redirects are not followed and proxies of the environment not used: a call goes where its
/// address says, or nowhere.
pub struct HttpWebhookCalls {
    client: Client,
    allowed: AllowedNetworks,
    outcomes: Outcomes,
}

impl HttpWebhookCalls {
    /// The longest wait for a connection.
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// The most that is read of an answer, so that its connection can be used again. What is said there is of no interest.
    const BODY_MAX: usize = 64 * 1024;
    /// The most idle connections to one receiver.
    const IDLE_MAX: usize = 64;

    /// Calls by these settings.
    ///
    /// # Errors
    /// [`CallsError`] where the certificates of the system cannot be read.
    pub fn new(settings: CallSettings) -> Result<Self, CallsError> {
        // Somebody may have chosen the same one before.
        drop(rustls::crypto::ring::default_provider().install_default());
        let names = GuardedNames { names: settings.names, allowed: settings.allowed.clone() };
        let client = Client::builder()
            .user_agent(concat!("Seatline/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(names))
            .connect_timeout(Self::CONNECT_TIMEOUT)
            .timeout(settings.timeout)
            .pool_max_idle_per_host(Self::IDLE_MAX)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(CallsError)?;
        Ok(Self { client, allowed: settings.allowed, outcomes: Outcomes::new() })
    }

    /// Reads an address, and refuses one in numbers that must not be reached: names are looked up when they are called.
    fn read(&self, text: &str) -> Result<Url, WebhookUrlError> {
        let url = Url::parse(text).map_err(|_| WebhookUrlError::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") || url.port() == Some(0) {
            return Err(WebhookUrlError::Malformed);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(WebhookUrlError::Surplus);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(url),
            None => return Err(WebhookUrlError::Malformed),
        };
        if self.allowed.may_reach(address) { Ok(url) } else { Err(WebhookUrlError::Forbidden) }
    }

    async fn send(
        &self,
        url: &WebhookUrl,
        secrets: &[WebhookSecret],
        event: &PublishedEvent,
        sent_at: Timestamp,
    ) -> Result<u16, AttemptFailure> {
        // What was allowed when the webhook was made need not be so any more.
        let url = self.read(url.as_str()).map_err(|_| AttemptFailure::Forbidden)?;
        let message = Message::signed(event, secrets, sent_at).ok_or(AttemptFailure::Unreachable)?;
        let answer = message.put_into(self.client.post(url)).send().await.map_err(|error| failure(&error))?;
        let status = answer.status().as_u16();
        read_to_end(answer).await.map_err(|error| failure(&error))?;
        Ok(status)
    }
}

/// Reads what is left of an answer, unless it is long.
async fn read_to_end(mut answer: Response) -> Result<(), reqwest::Error> {
    let mut read = 0;
    while let Some(chunk) = answer.chunk().await? {
        read += chunk.len();
        if read > HttpWebhookCalls::BODY_MAX {
            break;
        }
    }
    Ok(())
}

fn failure(error: &reqwest::Error) -> AttemptFailure {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<ForbiddenAddress>() {
            return AttemptFailure::Forbidden;
        }
        cause = error.source();
    }
    if error.is_timeout() { AttemptFailure::TimedOut } else { AttemptFailure::Unreachable }
}

#[async_trait]
impl WebhookCalls for HttpWebhookCalls {
    fn read_url(&self, url: &str) -> Result<WebhookUrl, WebhookUrlError> {
        WebhookUrl::normalised(self.read(url)?.into())
    }

    async fn deliver(
        &self,
        url: &WebhookUrl,
        secrets: &[WebhookSecret],
        event: &PublishedEvent,
        sent_at: Timestamp,
    ) -> AttemptOutcome {
        let begun = Instant::now();
        let answer = self.send(url, secrets, event, sent_at).await;
        let outcome = AttemptOutcome { answer, took: begun.elapsed() };
        self.outcomes.count(&outcome);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;
    use std::sync::Mutex;

    use seatline_domain::event::{EventKind, EventPosition};
    use seatline_domain::id::EventId;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use uuid::Uuid;

    use super::*;

    fn calls(allowed: &str) -> HttpWebhookCalls {
        let settings = CallSettings { allowed: allowed.parse().unwrap(), ..CallSettings::default() };
        HttpWebhookCalls::new(settings).unwrap()
    }

    fn event() -> PublishedEvent {
        PublishedEvent {
            position: EventPosition::new(1),
            id: EventId::new(Uuid::from_u128(1)),
            kind: EventKind::PaymentCompleted,
            at: chrono::DateTime::default(),
            data: "{}".into(),
        }
    }

    async fn called(calls: &HttpWebhookCalls, url: &str) -> Result<u16, AttemptFailure> {
        let url = WebhookUrl::normalised(url.into()).unwrap();
        calls.deliver(&url, &[WebhookSecret::new([1; 32])], &event(), Timestamp::default()).await.answer
    }

    /// Answers each connection with this text, and gives its port and how many were there.
    async fn receiver(answer: String) -> (u16, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, count) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(0)));
        let seen = count.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                *seen.lock().unwrap() += 1;
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    drop(stream.read(&mut head).await);
                    drop(stream.write_all(answer.as_bytes()).await);
                    drop(stream.shutdown().await);
                });
            }
        });
        (port, count)
    }

    #[test]
    fn an_address_in_numbers_is_refused_in_every_form() {
        let calls = calls("");
        for own in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.1/",
            "http://127.0.0.1.:8080/",
            "http://１２７.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::127.0.0.1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://0/",
            "http://169.254.169.254/latest/meta-data",
            "http://[fd00::1]/",
            "https://10.1.2.3:8443/hook",
        ] {
            assert_eq!(calls.read_url(own), Err(WebhookUrlError::Forbidden), "{own}");
        }
        for good in ["https://shop.example/hooks", "http://8.8.8.8/", "https://[2606:4700::1111]:8443/a?b=c"]
        {
            assert_eq!(calls.read_url(good).unwrap().as_str(), good);
        }
        assert_eq!(calls.read_url("HTTPS://Shop.Example").unwrap().as_str(), "https://shop.example/");
        for malformed in
            ["", "shop.example", "/hooks", "ftp://shop.example/", "http://", "http://a:0/", "file:///etc"]
        {
            assert_eq!(calls.read_url(malformed), Err(WebhookUrlError::Malformed), "{malformed}");
        }
        for surplus in
            ["https://user@shop.example/", "https://:pass@shop.example/", "https://shop.example/#a"]
        {
            assert_eq!(calls.read_url(surplus), Err(WebhookUrlError::Surplus), "{surplus}");
        }
    }

    #[tokio::test]
    async fn what_must_not_be_reached_is_not_called() {
        let (port, count) = receiver("HTTP/1.1 204 No Content\r\n\r\n".into()).await;
        for own in [format!("http://127.0.0.1:{port}/"), format!("http://localhost:{port}/")] {
            assert_eq!(called(&calls(""), &own).await, Err(AttemptFailure::Forbidden), "{own}");
        }
        assert_eq!(*count.lock().unwrap(), 0);
        let allowed = calls("127.0.0.0/8");
        assert_eq!(called(&allowed, &format!("http://127.0.0.1:{port}/")).await, Ok(204));
        assert_eq!(called(&allowed, &format!("http://localhost:{port}/")).await, Ok(204));
    }

    #[tokio::test]
    async fn a_redirect_inwards_is_not_followed() {
        let (inside, count) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
        for status in [301, 302, 303, 307, 308] {
            let answer = format!(
                "HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n"
            );
            let (outside, _) = receiver(answer).await;
            let calls = calls("127.0.0.0/8");
            assert_eq!(called(&calls, &format!("http://127.0.0.1:{outside}/")).await, Ok(status));
        }
        assert_eq!(*count.lock().unwrap(), 0);
    }

    /// A name that stands for other addresses each time.
    struct Rebinding(Mutex<VecDeque<Vec<IpAddr>>>);

    #[async_trait]
    impl LookUpNames for Rebinding {
        async fn look_up(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            self.0.lock().unwrap().pop_front().ok_or_else(|| io::ErrorKind::NotFound.into())
        }
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_and_what_it_stands_for_then_is_what_is_reached() {
        let (port, count) = receiver("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".into()).await;
        let [allowed, own]: [IpAddr; 2] = ["127.0.0.1", "127.9.9.9"].map(|text| text.parse().unwrap());
        let names = Rebinding(Mutex::new([vec![allowed], vec![own], vec![own, allowed], vec![own]].into()));
        let settings = CallSettings {
            allowed: "127.0.0.1".parse().unwrap(),
            names: Arc::new(names),
            ..CallSettings::default()
        };
        let calls = HttpWebhookCalls::new(settings).unwrap();
        let url = format!("http://shop.example:{port}/");
        assert_eq!(called(&calls, &url).await, Ok(204));
        assert_eq!(called(&calls, &url).await, Err(AttemptFailure::Forbidden));
        assert_eq!(called(&calls, &url).await, Ok(204), "by the address that may be reached");
        assert_eq!(called(&calls, &url).await, Err(AttemptFailure::Forbidden));
        assert_eq!(called(&calls, &url).await, Err(AttemptFailure::Unreachable), "nobody knows the name");
        assert_eq!(*count.lock().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_call_ends_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let settings = CallSettings {
            allowed: "127.0.0.0/8".parse().unwrap(),
            timeout: Duration::from_millis(200),
            ..CallSettings::default()
        };
        let calls = HttpWebhookCalls::new(settings).unwrap();
        let url = format!("http://127.0.0.1:{port}/");
        assert_eq!(called(&calls, &url).await, Err(AttemptFailure::TimedOut));
        drop(listener);
        assert_eq!(called(&calls, &url).await, Err(AttemptFailure::Unreachable));
        let endless = format!("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{}", "a".repeat(200_000));
        let (port, _) = receiver(endless).await;
        assert_eq!(
            called(&calls, &format!("http://127.0.0.1:{port}/")).await,
            Ok(200),
            "nobody reads all of it"
        );
    }
}
