use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::contract::TOKEN;

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
    /// The token, as a poll would have shown it.
    pub token: Value,
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
        let token = serde_json::from_str(data).unwrap();
        TOKEN.check(&token);
        assert_eq!(field("retry"), Some(token["pollAfterMs"].to_string().as_str()));
        Some(Self { name: field("event").unwrap().into(), id: field("id").unwrap().into(), token })
    }
}
