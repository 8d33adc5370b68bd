use std::sync::Arc;

use futures::FutureExt;
use futures::channel::mpsc;
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use super::streams::Streams;
use super::{LastSent, Subscription, WatchError};
use crate::queue::{Line, QueueStatus, QueueToken};
use crate::rounds::Rounds;
use crate::streams::StreamPlaces;

/// Streams positions whenever they change, to all readers at each tick.
pub struct WatchQueue {
    line: Arc<Line>,
    places: Arc<StreamPlaces>,
    streams: Arc<Streams>,
    /// One tick at a time.
    state: Mutex<TickState>,
}

/// What one tick leaves for the next.
#[derive(Default)]
struct TickState {
    count: u64,
    active: u64,
    look_ups: LookUps,
}

/// What came of one tick.
#[derive(Default)]
struct TickOutcome {
    sent: usize,
    failure: Option<StorageError>,
}

/// What was found of a stream's pass.
type Found = Result<Option<QueueStatus>, StorageError>;

/// Look-ups in storage, by stream.
type LookUps = Rounds<u64, Found>;

impl WatchQueue {
    /// How many unread positions are buffered for a reader before backpressure ends their stream.
    const BUFFER_CAPACITY: usize = 4;
    /// How many streams a tick looks at before it yields the thread.
    const PAGE: usize = 512;
    /// How many look-ups in storage wait at the same time.
    const LOOK_UPS_AT_ONCE: usize = 64;
    /// Of about how many people whose turn it is each tick looks up whether it still is.
    const LOOK_UPS_OF_ACTIVE: u64 = 256;

    /// Streams have the places in common with those of other kinds.
    pub fn new(line: Arc<Line>, places: Arc<StreamPlaces>) -> Self {
        Self { line, places, streams: Arc::default(), state: Mutex::default() }
    }

    /// Opens a stream. It begins with the present position, unless that is no news after `last`. Somebody who has
    /// many streams already loses the oldest.
    ///
    /// # Errors
    /// * [`WatchError::Unknown`] – there is no such pass.
    /// * [`WatchError::Refused`] – no stream can be opened here now; polling still works.
    pub async fn subscribe(
        &self,
        token: QueueToken,
        last: Option<LastSent>,
    ) -> Result<Subscription, WatchError> {
        let QueueToken { text: token, claims, .. } = token;
        let place = self.places.take(claims.user_id)?;
        let first = self.line.position(&claims).await?.ok_or(WatchError::Unknown)?;
        // A channel has room for one more than it is asked for.
        let (mut sender, events) = mpsc::channel(Self::BUFFER_CAPACITY - 1);
        let now = LastSent::of(&first);
        let sent = match last {
            Some(last) if !now.is_news_after(last) => last,
            _ => {
                // There is room: it is the first.
                let _ = sender.try_send(first);
                now
            }
        };
        let goes_on = now != LastSent::Ended;
        let watching = goes_on.then(|| self.streams.watch(place.stream(), claims, sent, sender));
        Ok(Subscription { token, claims, first, events, place, _watching: watching })
    }

    /// Sends every stream what is new; says how many were sent something. To be called whenever the boards may have
    /// changed.
    ///
    /// Those who wait cost a look at the boards. Those whose turn has just come are looked up in storage at once, and
    /// of those whose turn it is a bounded number each tick, in rotation. Nobody who reads is waited for, nor is a look-up
    /// that takes long: what it finds is sent by a later tick.
    ///
    /// # Errors
    /// Storage's. A stream that failed is looked up at the next tick; while this instance lags behind, none is.
    pub async fn tick(&self) -> Result<usize, StorageError> {
        let mut state = self.state.lock().await;
        let TickState { count, active, look_ups } = &mut *state;
        let required = self.line.catch_up().await?;
        *count = count.wrapping_add(1);
        let stride = std::mem::take(active) / Self::LOOK_UPS_OF_ACTIVE + 1;
        let (mut outcome, mut last, mut are_slow) = (TickOutcome::default(), 0, false);
        loop {
            let page = self.streams.page_after(last, Self::PAGE);
            let Some(end) = page.last() else { break };
            last = end.id;
            for stream in page {
                if stream.last_sent == LastSent::Active {
                    *active += 1;
                    if stream.id.wrapping_add(*count) % stride != 0 {
                        continue;
                    }
                }
                if look_ups.is_under_way(stream.id) {
                    continue;
                }
                let line = self.line.clone();
                let mut look_up =
                    Box::pin(async move { line.position_as_of(&stream.claims, Some(required)).await });
                if let Some(found) = (&mut look_up).now_or_never() {
                    self.send(stream.id, found, &mut outcome);
                } else if !are_slow {
                    look_ups.begin(stream.id, look_up);
                }
                while !are_slow && look_ups.len() >= Self::LOOK_UPS_AT_ONCE {
                    match look_ups.next_until(LookUps::deadline()).await {
                        Some((stream, found)) => self.send(stream, found, &mut outcome),
                        None => are_slow = true,
                    }
                }
            }
            tokio::task::yield_now().await;
        }
        let deadline = LookUps::deadline();
        while let Some((stream, found)) = look_ups.next_until(deadline).await {
            self.send(stream, found, &mut outcome);
        }
        outcome.failure.map_or(Ok(outcome.sent), Err)
    }

    fn send(&self, stream: u64, found: Found, outcome: &mut TickOutcome) {
        match found {
            Ok(Some(status)) => outcome.sent += usize::from(self.streams.send(stream, status)),
            Ok(None) => self.streams.end(stream),
            Err(error) => outcome.failure = Some(error),
        }
    }
}
