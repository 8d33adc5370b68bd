use std::error::Error;

/// A call that was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The rehearsal is over; this was not sent.
    #[error("the rehearsal is over")]
    Closed,
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("did not answer in time")]
    TimedOut,
    #[error("broke the connection off: {0}")]
    Disconnected(String),
    #[error("answered with what is not HTTP, or with too much: {0}")]
    InvalidResponse(String),
}

impl CallError {
    /// Its name among the codes of refusals.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Disconnected(_) => "broken_off",
            Self::InvalidResponse(_) => "unreadable",
        }
    }

    /// An error before the head of the response.
    pub(super) fn of_request(error: &reqwest::Error) -> Self {
        match error {
            error if error.is_connect() => Self::Unreachable(root_cause(error)),
            error if error.is_timeout() => Self::TimedOut,
            error if error.is_builder() => Self::InvalidResponse(root_cause(error)),
            error => Self::Disconnected(root_cause(error)),
        }
    }

    /// An error in the body of the response.
    pub(super) fn of_body(error: &reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::InvalidResponse(root_cause(error)) }
    }
}

/// The innermost error, which says most: those around it name the layers of the client.
fn root_cause(error: &reqwest::Error) -> String {
    let mut root: &dyn Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}
