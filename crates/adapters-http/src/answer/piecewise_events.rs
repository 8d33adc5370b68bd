use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::web::Bytes;
use futures::Stream;
use seatline_domain::id::UserId;

use crate::problem::Problem;
use crate::unsent::{Client, LARGE_BYTES, PIECE_BYTES, Sending, UnsentBytes};

/// Events as they go over the wire, a piece at a time.
pub(crate) struct PiecewiseEvents<S> {
    events: S,
    pieces: VecDeque<Bytes>,
    /// The place of a large first event in the budget, until it is sent.
    sending: Option<Sending>,
}

impl<S> PiecewiseEvents<S> {
    /// Sends a user a first event, and others after it.
    ///
    /// # Errors
    /// 429 or 503 where the first is large and the budget for such answers is used up.
    pub(crate) fn new(
        first: Vec<Bytes>,
        events: S,
        user_id: UserId,
        unsent: &Arc<UnsentBytes>,
    ) -> Result<Self, Problem> {
        let bytes: usize = first.iter().map(Bytes::len).sum();
        let size = u64::try_from(bytes).unwrap_or(u64::MAX);
        let is_large = size > LARGE_BYTES;
        let sending = is_large.then(|| unsent.begin(Client::User(user_id), size, bytes)).transpose()?;
        Ok(Self { events, pieces: in_pieces(first), sending })
    }
}

impl<S: Stream<Item = serde_json::Result<Vec<Bytes>>> + Unpin> Stream for PiecewiseEvents<S> {
    type Item = serde_json::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(piece) = this.pieces.pop_front() {
                if let Some(sending) = &mut this.sending {
                    sending.sent(piece.len());
                }
                return Poll::Ready(Some(Ok(piece)));
            }
            this.sending = None;
            match ready!(Pin::new(&mut this.events).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(event)) => this.pieces = in_pieces(event),
            }
        }
    }
}

/// The parts of an event, none of them too large to be handed out at once.
fn in_pieces(event: Vec<Bytes>) -> VecDeque<Bytes> {
    let mut pieces = VecDeque::with_capacity(event.len());
    for mut part in event {
        while !part.is_empty() {
            pieces.push_back(part.split_to(part.len().min(PIECE_BYTES)));
        }
    }
    pieces
}
