use std::time::Duration;

use anyhow::{Context, anyhow};
use hyper::body::Bytes;
use serde::Deserialize;
use tokio::time::Instant;

use super::call::Kind;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) kind: Kind,
    pub(crate) status: u16,
    /// When to ask again, where the answer says so.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
    /// The service said it later than this.
    pub(crate) sent: Instant,
    /// And before this.
    pub(crate) received: Instant,
}

/// What is read of a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) detail: Option<String>,
    #[serde(default)]
    pub(crate) request_id: Option<String>,
}

impl Answer {
    /// Whether it was done.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the same is to be asked again later.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// Why it was not done. Without a code where it is not Seatline that answers.
    pub(crate) fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What it says.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> anyhow::Result<T> {
        if !self.is_success() {
            return Err(anyhow!("{}", self.refusal()));
        }
        serde_json::from_slice(&self.body).with_context(|| {
            format!("{} answered {} with what cannot be read", self.kind.name(), self.status)
        })
    }

    /// The refusal in a line.
    pub(crate) fn refusal(&self) -> String {
        let Problem { code, detail, request_id } = self.problem();
        let mut line = format!("{} answered {}", self.kind.name(), self.status);
        if code.is_empty() {
            line.push_str(" without a code, as no Seatline does");
        } else {
            line = format!("{line} {code}");
        }
        if let Some(detail) = detail {
            line = format!("{line}: {detail}");
        }
        if let Some(id) = request_id {
            line = format!("{line} (request {id})");
        }
        line
    }
}
