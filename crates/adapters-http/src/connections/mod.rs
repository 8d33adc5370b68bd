//! Clients' connections: which may stay, and which must go.
//!
//! * [`Connections`] gives places to newcomers, and closes what keeps the server waiting.
//! * [`Connection`] is one of them, and what is being done on it.
//! * `places` counts them, of all and by address.
//! * [`Refusals`] answers those for whom there is no place.

mod connection;
mod places;
mod refusals;

pub(crate) use connection::{Connection, Handling};
pub(crate) use places::Refusal;
pub(crate) use refusals::Refusals;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::interval;
use metrics::{Counter, Gauge, Unit, counter, describe_counter, describe_gauge, gauge};
use socket2::SockRef;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use self::connection::milliseconds_since;
use self::places::Places;
use crate::client_address::{AddressKey, TrustedProxies, key_of};
use crate::send_bounds::{bound_sending, keep_little, send_at_once};
use crate::settings::HttpLimits;

const OPEN: &str = "seatline_http_connections";
const EVICTED: &str = "seatline_http_connections_evicted_total";

/// Bounds clients' connections, and closes those on which a client keeps the server waiting while no request is being
/// handled.
///
/// The server's own deadlines cover the head of a connection's first request and a wait for the next one. They do not
/// cover a later head that comes drop by drop, the rest of a body that was refused, or an answer that is not fetched.
pub(crate) struct Connections {
    epoch: Instant,
    patience: Duration,
    send_timeout: Duration,
    grace_ms: u64,
    crowded: usize,
    most_of_address: Option<usize>,
    proxies: TrustedProxies,
    places: Mutex<Places<Arc<Connection>>>,
    draining: Arc<Semaphore>,
    open: Gauge,
    evicted: Counter,
}

impl Connections {
    /// The interval at which connections are looked at.
    const ROUND: Duration = Duration::from_secs(1);
    /// The share of places that is kept free, inverted, by closing what has been idle for longest.
    const KEPT_FREE: usize = 8;
    /// The most connections that are drained at the same time. More are closed at once.
    const DRAINING_MAX: usize = 256;

    /// A client may keep the server waiting for as long as one may be idle and a head may take together. Close to the
    /// most connections, those that have been idle for longest make room for new ones at once; at the most of one
    /// address, its own do. Trusted proxies speak for many, so theirs count for no address.
    pub(crate) fn new(limits: &HttpLimits, proxies: TrustedProxies) -> Arc<Self> {
        describe_gauge!(OPEN, Unit::Count, "Open connections with clients.");
        describe_counter!(EVICTED, Unit::Count, "Idle connections that made room for others.");
        Arc::new(Self {
            epoch: Instant::now(),
            patience: limits.idle_timeout + limits.head_deadline,
            send_timeout: limits.send_timeout,
            grace_ms: u64::try_from(limits.newcomer_grace.as_millis()).unwrap_or(u64::MAX),
            crowded: limits.connections_max - limits.connections_max / Self::KEPT_FREE,
            most_of_address: limits.connections_of_address_max,
            proxies,
            places: Mutex::new(Places::new(limits.connections_max, limits.connections_of_address_max)),
            draining: Arc::new(Semaphore::new(Self::DRAINING_MAX)),
            open: gauge!(OPEN),
            evicted: counter!(EVICTED),
        })
    }

    /// Gives a place to a connection that was just accepted, until it [leaves](Self::leave) or must make room.
    ///
    /// # Errors
    /// No place is free, and none of those who are in the way is idle. So it is when the system gives no second handle
    /// of the connection.
    pub(crate) fn admit(
        &self,
        stream: &TcpStream,
        peer: Option<SocketAddr>,
    ) -> Result<(u64, Arc<Connection>), Refusal> {
        let socket = SockRef::from(stream).try_clone().map_err(|_| Refusal::Instance)?;
        bound_sending(&socket, self.send_timeout);
        keep_little(&socket);
        send_at_once(&socket);
        let address = self.counted_address(peer);
        let mut places = self.places();
        if let Some(address) = address
            && let Some(most) = self.most_of_address
            && places.is_used_up_by(Some(address))
        {
            let oldest = self.longest_idle(places.holders_of(address), (most / Self::KEPT_FREE).max(1));
            self.evict(&mut places, oldest);
        }
        if places.len() >= self.crowded && !places.is_used_up_by(address) {
            let oldest = self.longest_idle(places.holders(), (self.crowded / Self::KEPT_FREE).max(1));
            self.evict(&mut places, oldest);
        }
        if let Some(refusal) = places.refusal(address) {
            return Err(refusal);
        }
        let connection = Arc::new(Connection::new(self.epoch, socket, self.send_timeout));
        let place = places.take(address, connection.clone());
        self.tell_open(&places);
        Ok((place, connection))
    }

    /// Gives the place of a connection that is no more back, unless that was done when it had to make room.
    pub(crate) fn leave(&self, place: u64) {
        let mut places = self.places();
        let left = places.leave(place);
        self.tell_open(&places);
        drop(places);
        // It may be the last handle of the connection, which closes it.
        drop(left);
    }

    /// Closes a connection on which the client may still be sending in such a way that the last answer arrives: closing
    /// at once would take it back.
    pub(crate) fn close_gently(&self, connection: Arc<Connection>) {
        let (Ok(runtime), Ok(permit)) = (Handle::try_current(), self.draining.clone().try_acquire_owned())
        else {
            return;
        };
        runtime.spawn(async move {
            connection.drain().await;
            drop(permit);
        });
    }

    /// Closes what has kept the server waiting for too long, round after round.
    pub(crate) async fn watch(&self) {
        let mut rounds = interval(Self::ROUND);
        loop {
            rounds.tick().await;
            let before = |patience: Duration| {
                let patience = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
                milliseconds_since(self.epoch).checked_sub(patience)
            };
            let places = self.places();
            if let Some(too_long) = before(self.patience) {
                let idle = places.holders().filter(|(_, connection)| {
                    connection.idle_since_ms().is_some_and(|since| since <= too_long)
                });
                idle.for_each(|(_, connection)| connection.hang_up());
            }
            if let Some(too_long) = before(self.send_timeout) {
                places.holders().for_each(|(_, connection)| connection.give_up(too_long));
            }
        }
    }

    /// The address for which a connection counts, if it counts for any.
    fn counted_address(&self, peer: Option<SocketAddr>) -> Option<AddressKey> {
        let address = peer?.ip().to_canonical();
        (!self.proxies.trust(address)).then(|| key_of(address))
    }

    /// Those that have been idle for longest, at most so many: a good many at once, so that a flood does not have every
    /// newcomer look at all the others.
    fn longest_idle<'c>(
        &self,
        connections: impl Iterator<Item = (u64, &'c Arc<Connection>)>,
        most: usize,
    ) -> Vec<u64> {
        let mut idle: Vec<_> = connections
            .filter_map(|(place, connection)| {
                Some((connection.may_make_room_since_ms(self.grace_ms)?, place))
            })
            .collect();
        if idle.len() > most {
            idle.select_nth_unstable(most);
            idle.truncate(most);
        }
        idle.into_iter().map(|(_, place)| place).collect()
    }

    fn evict(&self, places: &mut Places<Arc<Connection>>, evicted: Vec<u64>) {
        for connection in evicted.into_iter().filter_map(|place| places.leave(place)) {
            connection.make_room();
            self.evicted.increment(1);
        }
    }

    fn tell_open(&self, places: &Places<Arc<Connection>>) {
        self.open.set(u32::try_from(places.len()).unwrap_or(u32::MAX));
    }

    fn places(&self) -> MutexGuard<'_, Places<Arc<Connection>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
