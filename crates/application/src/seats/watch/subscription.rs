use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use futures::channel::mpsc::Receiver;

use super::seat_event::{SeatEvent, SeatNews};
use super::watchers::Watching;
use crate::streams::StreamPlace;

/// A stream of what changes of a performance's seats, as [`WatchSeats`](super::WatchSeats) opened it.
///
/// It ends after the end of the turn, when its reader is too slow, and at shutdown. Dropping it gives its place back.
#[must_use = "a stream that nobody reads is useless"]
pub struct SeatSubscription {
    pub(super) first: Option<SeatNews>,
    pub(super) events: Receiver<SeatEvent>,
    pub(super) place: StreamPlace,
    /// Held for as long as the stream is.
    pub(super) _watching: Watching,
}

impl SeatSubscription {
    /// Every seat that was not free when the stream was opened, once; `None` for a reader who knows that.
    pub fn take_first(&mut self) -> Option<SeatNews> {
        self.first.take()
    }
}

impl Stream for SeatSubscription {
    type Item = SeatEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<SeatEvent>> {
        let this = self.get_mut();
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(SeatEvent::Seats(first)));
        }
        this.place.poll_event(&mut this.events, context)
    }
}
