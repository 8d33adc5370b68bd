use std::time::Duration;

use anyhow::{Context, anyhow};
use serde::Deserialize;
use tokio::time::Instant;

use super::call::Kind;

/// The response to a call.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) kind: Kind,
    pub(crate) status: u16,
    /// The wait that `Retry-After` asks for.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
    /// The service decided later than this.
    pub(crate) sent: Instant,
    /// The service decided earlier than this.
    pub(crate) received: Instant,
}

/// The part of a problem document that is read.
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
    /// Whether the call succeeded.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the call is to be sent again later.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// The problem document of a refusal. Without a code where it is not Seatline that answers.
    pub(crate) fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Parses the body of a successful answer.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> anyhow::Result<T> {
        if !self.is_success() {
            return Err(anyhow!("{}", self.refusal()));
        }
        serde_json::from_slice(&self.body).with_context(|| {
            format!("{} answered {} with what cannot be read", self.kind.name(), self.status)
        })
    }

    /// Describes the refusal in a line.
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
