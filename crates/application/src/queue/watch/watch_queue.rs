use std::sync::Arc;

use futures::channel::mpsc;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use seatline_domain::Timestamp;
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use super::streams::{Seen, Streams};
use super::{LastSent, Subscription, WatchError};
use crate::queue::{Line, QueuePosition, QueueToken};

/// Tells people where they stand whenever that changes, all of them at each tick.
pub struct WatchQueue {
    line: Arc<Line>,
    streams: Arc<Streams>,
    /// One tick at a time.
    round: Mutex<Round>,
}

/// What one tick leaves for the next.
#[derive(Default)]
struct Round {
    count: u64,
    active: u64,
}

/// What came of one tick.
#[derive(Default)]
struct Tally {
    told: usize,
    failure: Option<StorageError>,
}

type Found = (u64, Result<Option<QueuePosition>, StorageError>);

impl WatchQueue {
    /// How many streams an instance has open at the most, unless it is told otherwise.
    pub const STREAMS_MAX: usize = 20_000;
    /// How much news a reader may leave untaken before they are given up.
    const UNTAKEN_MAX: usize = 4;
    /// How many streams are looked at before others get the thread.
    const PART: usize = 512;
    /// How many look-ups in storage wait at the same time.
    const LOOKUPS_AT_ONCE: usize = 64;
    /// Of about how many people whose turn it is each tick looks up whether it still is.
    const LOOKUPS_OF_ACTIVE: u64 = 256;

    /// At most so many streams at the same time.
    pub fn new(line: Arc<Line>, streams_max: usize) -> Self {
        Self { line, streams: Streams::new(streams_max), round: Mutex::default() }
    }

    /// Opens a stream. It begins with where the person stands, unless `last` says that they were told. Somebody who has
    /// many streams already loses the oldest.
    ///
    /// # Errors
    /// * [`WatchError::Unknown`] – there is no such pass.
    /// * [`WatchError::Full`], [`WatchError::Closed`] – no stream can be opened here now; polling still works.
    pub async fn subscribe(
        &self,
        token: QueueToken,
        last: Option<LastSent>,
    ) -> Result<Subscription, WatchError> {
        let QueueToken { text: token, claims, .. } = token;
        let place = self.streams.take_place(claims.user_id)?;
        let first = self.line.standing(&claims).await?.ok_or(WatchError::Unknown)?;
        // A channel has room for one more than it is asked for.
        let (mut sender, events) = mpsc::channel(Self::UNTAKEN_MAX - 1);
        let now = LastSent::of(&first);
        let told = match last {
            Some(last) if !now.is_news_after(last) => last,
            _ => {
                // There is room: it is the first.
                let _ = sender.try_send(first);
                now
            }
        };
        if now != LastSent::Ended {
            place.watch(claims, told, sender);
        }
        Ok(Subscription { token, claims, first, events, _place: place })
    }

    /// Tells every stream what is new; says how many were told something. To be called whenever the boards may have
    /// changed.
    ///
    /// Those who wait cost a look at the boards. Those whose turn has just come are looked up in storage at once, and
    /// of those whose turn it is a bounded number each tick, in rotation. Nobody who reads is waited for.
    ///
    /// # Errors
    /// Storage's. A stream that could not be looked after is at the next tick; while this instance lags behind, none is.
    pub async fn tick(&self) -> Result<usize, StorageError> {
        let mut round = self.round.lock().await;
        let due = self.line.catch_up().await?;
        round.count = round.count.wrapping_add(1);
        let stride = round.active / Self::LOOKUPS_OF_ACTIVE + 1;
        let (mut tally, mut active, mut last) = (Tally::default(), 0, 0);
        let mut lookups = FuturesUnordered::new();
        loop {
            let part = self.streams.part_after(last, Self::PART);
            let Some(end) = part.last() else { break };
            last = end.stream;
            for seen in part {
                if seen.told == LastSent::Active {
                    active += 1;
                    if seen.stream.wrapping_add(round.count) % stride != 0 {
                        continue;
                    }
                }
                let mut look = Box::pin(self.look(seen, due));
                match (&mut look).now_or_never() {
                    Some(found) => self.take(found, &mut tally),
                    None => lookups.push(look),
                }
                if lookups.len() >= Self::LOOKUPS_AT_ONCE
                    && let Some(found) = lookups.next().await
                {
                    self.take(found, &mut tally);
                }
            }
            tokio::task::yield_now().await;
        }
        while let Some(found) = lookups.next().await {
            self.take(found, &mut tally);
        }
        round.active = active;
        tally.failure.map_or(Ok(tally.told), Err)
    }

    /// How many streams are open.
    pub fn open_streams(&self) -> usize {
        self.streams.taken()
    }

    /// Ends every stream, and opens no more.
    pub fn close(&self) {
        self.streams.close();
    }

    async fn look(&self, seen: Seen, due: Timestamp) -> Found {
        (seen.stream, self.line.standing_as_of(&seen.claims, Some(due)).await)
    }

    fn take(&self, (stream, found): Found, tally: &mut Tally) {
        match found {
            Ok(Some(standing)) => tally.told += usize::from(self.streams.tell(stream, standing)),
            Ok(None) => self.streams.end(stream),
            Err(error) => tally.failure = Some(error),
        }
    }
}
