use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use futures::channel::mpsc::Receiver;
use seatline_domain::queue::QueueClaims;

use super::streams::Watching;
use crate::queue::{QueueStatus, TokenStatus};
use crate::streams::StreamPlace;

/// A stream of what is new about one person's place in line, as [`WatchQueue`](super::WatchQueue) opened it.
///
/// Positions only fall. It ends after the end of the pass, when its reader is too slow, and at shutdown. Dropping it
/// gives its place back.
#[must_use = "a stream that nobody reads is useless"]
pub struct Subscription {
    pub(super) token: String,
    pub(super) claims: QueueClaims,
    pub(super) first: QueueStatus,
    pub(super) events: Receiver<QueueStatus>,
    pub(super) place: StreamPlace,
    /// None where nothing more is to be sent.
    pub(super) _watching: Option<Watching>,
}

impl Subscription {
    /// The position when the stream was opened, whether or not it was news.
    pub fn first(&self) -> TokenStatus {
        self.status(self.first)
    }

    fn status(&self, status: QueueStatus) -> TokenStatus {
        TokenStatus::new(self.token.clone(), self.claims, status)
    }
}

impl Stream for Subscription {
    type Item = TokenStatus;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<TokenStatus>> {
        let this = self.get_mut();
        let next = this.place.poll_event(&mut this.events, context);
        next.map(|status| status.map(|status| this.status(status)))
    }
}
