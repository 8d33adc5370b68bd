use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::web::Bytes;
use futures::Stream;
use seatline_application::seats::{SeatEvent, SeatSubscription};
use seatline_domain::id::UserId;

use super::event_body::SeatEventBody;
use crate::problem::{Code, Problem};
use crate::unsent::{Client, LARGE_BYTES, Sending, UnsentBytes};

/// The events of a live map as they go over the wire, a piece at a time.
pub(super) struct LiveMapEvents {
    subscription: SeatSubscription,
    pieces: VecDeque<Bytes>,
    /// The place of a large first event in the budget, until it is sent.
    sending: Option<Sending>,
}

impl LiveMapEvents {
    /// Takes the first event of a stream out of it.
    ///
    /// # Errors
    /// 429 or 503 where it is large and the budget for such answers is used up.
    pub(super) fn new(
        mut subscription: SeatSubscription,
        user_id: UserId,
        unsent: &Arc<UnsentBytes>,
    ) -> Result<Self, Problem> {
        let first = subscription.take_first().map(|news| SeatEventBody::written(SeatEvent::Seats(news)));
        let first = first.transpose().map_err(|error| Problem::new(Code::InternalError).because(&error))?;
        let pieces = VecDeque::from(first.unwrap_or_default());
        let bytes: usize = pieces.iter().map(Bytes::len).sum();
        let size = u64::try_from(bytes).unwrap_or(u64::MAX);
        let is_large = size > LARGE_BYTES;
        let sending = is_large.then(|| unsent.begin(Client::User(user_id), size, bytes)).transpose()?;
        Ok(Self { subscription, pieces, sending })
    }
}

impl Stream for LiveMapEvents {
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
            match ready!(Pin::new(&mut this.subscription).poll_next(context)).map(SeatEventBody::written) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(pieces)) => this.pieces = pieces.into(),
            }
        }
    }
}
