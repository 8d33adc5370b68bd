use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::concurrency::eventually;

/// Somebody else's system that is told of events: a server of its own, which answers as a test wants.
pub struct Receiver {
    port: u16,
    told: Arc<Told>,
    serving: JoinHandle<()>,
}

/// A message that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, as it came.
    pub raw: String,
    /// The body.
    pub body: Value,
    /// What was answered.
    pub status: u16,
}

type Rule = Box<dyn Fn(&Received, usize) -> u16 + Send>;

struct Told {
    messages: Mutex<Vec<Received>>,
    /// What is answered to a message, of which there were so many with its id before.
    rule: Mutex<Rule>,
    delay: Mutex<Duration>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        Self::start_at(0).await
    }

    /// The same on a port of one's choice.
    pub async fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::new(Told {
            messages: Mutex::default(),
            rule: Mutex::new(Box::new(|_, _| 204)),
            delay: Mutex::default(),
        });
        let shared = told.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { port, told, serving }
    }

    /// Answers with the status that this gives, by the message and how often it has come before.
    pub fn answer_by(&self, rule: impl Fn(&Received, usize) -> u16 + Send + 'static) {
        *self.told.rule.lock().unwrap() = Box::new(rule);
    }

    /// Takes so long for each answer.
    pub fn delay(&self, delay: Duration) {
        *self.told.delay.lock().unwrap() = delay;
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// Everything that it was told, refused messages too.
    pub fn all(&self) -> Vec<Received> {
        self.told.messages.lock().unwrap().clone()
    }

    /// What it has taken.
    pub fn taken(&self) -> Vec<Received> {
        self.all().into_iter().filter(|message| message.status < 300).collect()
    }

    /// What it has taken, once there are so many.
    pub async fn until_taken(&self, count: usize) -> Vec<Received> {
        let enough = || async { Some(self.taken()).filter(|taken| taken.len() >= count) };
        eventually("enough is received", enough).await
    }

    /// Stops to listen. Gives the port.
    pub fn stop(self) -> u16 {
        self.serving.abort();
        self.port
    }
}

impl Received {
    /// The event's type.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    /// Whether a secret signed it, by an implementation of this test's own.
    pub fn is_signed_by(&self, webhook: &Value) -> bool {
        let secret = webhook["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
        let key = BASE64_STANDARD.decode(secret).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.raw).as_bytes());
        let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        self.signature.split(' ').any(|signature| signature == expected)
    }
}

async fn serve(stream: TcpStream, told: Arc<Told>) {
    let mut stream = BufReader::new(stream);
    while let Some(mut message) = read(&mut stream).await {
        let delay = *told.delay.lock().unwrap();
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let status = {
            let mut messages = told.messages.lock().unwrap();
            let before = messages.iter().filter(|earlier| earlier.id == message.id).count();
            message.status = (told.rule.lock().unwrap())(&message, before);
            messages.push(message.clone());
            message.status
        };
        let answer = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one request; nothing when the client has gone.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut head: Vec<(String, String)> = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => head.push((name.to_lowercase(), value.to_owned())),
            None if line.trim_end().is_empty() => break,
            None => assert!(line.starts_with("POST /hooks HTTP/1.1"), "{line}"),
        }
    }
    let header = |wanted: &str| {
        let found = head.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(header("content-type"), "application/json");
    let mut raw = vec![0; header("content-length").parse().unwrap()];
    stream.read_exact(&mut raw).await.ok()?;
    let raw = String::from_utf8(raw).unwrap();
    Some(Received {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: serde_json::from_str(&raw).unwrap(),
        raw,
        status: 0,
    })
}
