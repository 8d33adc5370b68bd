use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::contract::{SEAT_CHANGES, SEATS_TAKEN, TOKEN};

/// A stream of server-sent events.
pub struct Events {
    response: Response,
    unread: String,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What has happened.
    pub name: String,
    /// What has been told so far.
    pub id: String,
    /// What is told: of the line the token, as a poll would have shown it; of seats their ranges.
    pub data: Value,
}

impl Events {
    /// What an answer says it is when it is such a stream.
    pub(crate) const MEDIA_TYPE: &str = "text/event-stream";
    /// Longer than anything takes that a test waits for.
    const TIMEOUT: Duration = Duration::from_secs(30);

    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], Self::MEDIA_TYPE);
        Self { response, unread: String::new() }
    }

    /// The next event; `None` when the stream has closed.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (event, rest) = (Event::read(block), rest.to_owned());
                self.unread = rest;
                if event.is_some() {
                    return event;
                }
            }
            let piece = timeout(Self::TIMEOUT, self.response.chunk()).await;
            let Some(piece) = piece.expect("something is told").unwrap() else {
                assert_eq!(self.unread, "", "the stream breaks off");
                return None;
            };
            self.unread.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

impl Event {
    /// What a block of lines says; `None` when it is only a comment or says when to connect again.
    fn read(block: &str) -> Option<Self> {
        let field = |name: &str| {
            let mut lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            let value = lines.next();
            assert_eq!(lines.next(), None, "{name} is there twice: {block}");
            value
        };
        let data = field("data")?;
        let data: Value = serde_json::from_str(data).unwrap();
        let (name, retry) = (field("event").unwrap(), field("retry").unwrap());
        match name {
            "seats" => SEATS_TAKEN.check(&data),
            "changes" => SEAT_CHANGES.check(&with_own_seats(&data)),
            _ if data.get("token").is_none() => {
                assert_eq!((name, data.as_object().unwrap().len()), ("ended", 1));
            }
            _ => {
                TOKEN.check(&data);
                assert_eq!(retry, data["pollAfterMs"].to_string());
            }
        }
        Some(Self { name: name.into(), id: field("id").unwrap().into(), data })
    }
}

/// Changes with the watcher's own seats, which are told only where they have changed.
fn with_own_seats(changes: &Value) -> Value {
    let mut changes = changes.clone();
    changes.as_object_mut().unwrap().entry("mine").or_insert_with(|| Value::Array(Vec::new()));
    changes
}
