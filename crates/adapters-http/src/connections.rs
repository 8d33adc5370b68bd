use std::io::{ErrorKind, Read};
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{interval, sleep};
use socket2::{SockRef, Socket};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::send_bounds::{bound_sending, keep_little};
use crate::settings::HttpLimits;

/// Closes connections on which a client keeps the server waiting while no request is being handled.
///
/// The server's own deadlines cover the head of a connection's first request and a wait for the next one. They do not
/// cover a later head that comes drop by drop, the rest of a body that was refused, or an answer that is not fetched.
pub(crate) struct Connections {
    epoch: Instant,
    patience: Duration,
    send_timeout: Duration,
    crowded: usize,
    open: Mutex<Vec<Weak<Connection>>>,
    draining: Arc<Semaphore>,
}

/// One connection, for as long as the server keeps it.
pub(crate) struct Connection {
    epoch: Instant,
    socket: Socket,
    requests: AtomicUsize,
    idle_since_ms: AtomicU64,
    /// Since when the client has taken nothing of what waits for it; [`Connection::NEVER`] while nothing waits.
    stalled_since_ms: AtomicU64,
    send_timeout: Duration,
    /// Whether the system leaves it to [`Connections::watch`] to give up a client that takes nothing.
    is_sent_at_length: AtomicBool,
    /// Requests whose body is still being sent.
    bodies: AtomicUsize,
    read_since_request: AtomicU64,
    is_over: AtomicBool,
}

/// The body of a request is being read on a connection.
pub(crate) struct ReadingBody(Arc<Connection>);

/// A request is being handled on a connection.
pub(crate) struct Handling {
    connection: Arc<Connection>,
    is_last: bool,
}

impl Connections {
    /// The interval at which connections are looked at.
    const ROUND: Duration = Duration::from_secs(1);
    /// The share of places that is kept free, inverted, by closing what has been idle for longest.
    const KEPT_FREE: usize = 8;
    /// The most connections that are drained at the same time. More are closed at once.
    const DRAINING_MAX: usize = 256;

    /// A client may keep the server waiting for as long as one may be idle and a head may take together. Close to the
    /// most connections, those that have been idle for longest make room for new ones at once.
    pub(crate) fn new(limits: &HttpLimits) -> Arc<Self> {
        Arc::new(Self {
            epoch: Instant::now(),
            patience: limits.idle_timeout + limits.head_deadline,
            send_timeout: limits.send_timeout,
            crowded: limits.connections_max - limits.connections_max / Self::KEPT_FREE,
            open: Mutex::default(),
            draining: Arc::new(Semaphore::new(Self::DRAINING_MAX)),
        })
    }

    /// Takes note of a connection that was just accepted. `None` when the system gives no second handle of it.
    pub(crate) fn admit(&self, stream: &TcpStream) -> Option<Arc<Connection>> {
        let socket = SockRef::from(stream).try_clone().ok()?;
        bound_sending(&socket, self.send_timeout);
        keep_little(&socket);
        let connection = Arc::new(Connection {
            epoch: self.epoch,
            socket,
            requests: AtomicUsize::new(0),
            idle_since_ms: AtomicU64::new(milliseconds_since(self.epoch)),
            stalled_since_ms: AtomicU64::new(Connection::NEVER),
            send_timeout: self.send_timeout,
            is_sent_at_length: AtomicBool::new(false),
            bodies: AtomicUsize::new(0),
            read_since_request: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= self.crowded {
            self.make_room(&mut open);
        }
        open.push(Arc::downgrade(&connection));
        drop(open);
        Some(connection)
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
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(too_long) = before(self.patience) {
                close(&mut open, too_long);
            }
            if let Some(too_long) = before(self.send_timeout) {
                open.iter().filter_map(Weak::upgrade).for_each(|connection| connection.give_up(too_long));
            }
        }
    }

    /// Closes a good many at once, so that a flood does not have every newcomer look at all the others.
    fn make_room(&self, open: &mut Vec<Weak<Connection>>) {
        open.retain(|connection| connection.strong_count() > 0);
        if open.len() < self.crowded {
            return;
        }
        let mut idle_since: Vec<_> = open
            .iter()
            .filter_map(Weak::upgrade)
            .filter_map(|connection| connection.idle_since_ms())
            .collect();
        idle_since.sort_unstable();
        let oldest = self.crowded / Self::KEPT_FREE;
        if let Some(&cutoff) = idle_since.get(oldest).or_else(|| idle_since.last()) {
            close(open, cutoff);
        }
    }
}

/// Closes what has been idle since `cutoff_ms` or longer, and forgets it and what was closed otherwise.
fn close(open: &mut Vec<Weak<Connection>>, cutoff_ms: u64) {
    open.retain(|connection| {
        let Some(connection) = connection.upgrade() else { return false };
        let stays = connection.idle_since_ms().is_none_or(|since| since > cutoff_ms);
        if !stays {
            // It may be closed already; there is nothing else to do about it.
            let _ = connection.socket.shutdown(Shutdown::Both);
        }
        stays
    });
}

impl Connection {
    /// The most bytes that are read for one request and ahead of the next, however they are framed: a body in the
    /// smallest of chunks, and what actix reads ahead, several times over.
    const READ_MAX: u64 = 512 * 1_024;
    /// Later than any instant.
    const NEVER: u64 = u64::MAX;

    /// Takes note of bytes that were read; tells whether there may be more before the next request.
    pub(crate) fn may_read_on(&self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.read_since_request.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= Self::READ_MAX
    }

    /// Takes note that the client has taken something. A slow reader is not an idle one.
    pub(crate) fn progressed(&self) {
        self.idle_since_ms.store(milliseconds_since(self.epoch), Ordering::Release);
        self.stalled_since_ms.store(Self::NEVER, Ordering::Release);
    }

    /// Takes note that the system has no room for more until the client takes something.
    pub(crate) fn stalled(&self) {
        let now = milliseconds_since(self.epoch);
        // Since the first time.
        let _ = self.stalled_since_ms.compare_exchange(Self::NEVER, now, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Takes note that a large answer is being sent, for which a client may take its time. The system's own deadline
    /// does not know a slow reader from one that takes nothing: it goes by how long there has not been room for all of
    /// what comes next.
    pub(crate) fn send_at_length(&self) {
        if !self.is_sent_at_length.swap(true, Ordering::AcqRel) {
            bound_sending(&self.socket, Duration::ZERO);
        }
    }

    /// Takes note that the client is waited for to send a body, until the result is dropped. Meanwhile the connection
    /// makes room for others like an idle one.
    pub(crate) fn read_body(self: &Arc<Self>) -> ReadingBody {
        self.progressed();
        self.bodies.fetch_add(1, Ordering::AcqRel);
        ReadingBody(self.clone())
    }

    /// Takes note that a request is being handled, until the result is dropped. With its last request a connection is
    /// over, whatever else the client has sent: it may have sent that again elsewhere.
    pub(crate) fn handle(self: &Arc<Self>, is_last: bool) -> Handling {
        self.requests.fetch_add(1, Ordering::AcqRel);
        self.read_since_request.store(0, Ordering::Relaxed);
        if self.is_sent_at_length.load(Ordering::Acquire) {
            self.is_sent_at_length.store(false, Ordering::Release);
            bound_sending(&self.socket, self.send_timeout);
        }
        Handling { connection: self.clone(), is_last }
    }

    /// Takes note that nothing more that it sends can be understood.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    /// Whether its last request was answered.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Says that nothing more comes, and throws away what still arrives until the client has closed too, for a while.
    async fn drain(&self) {
        const ROUND: Duration = Duration::from_millis(20);
        const ROUNDS: usize = 50;
        const READS_A_ROUND: usize = 16;
        let mut thrown_away = vec![0; 16_384];
        let _ = self.socket.shutdown(Shutdown::Write);
        for _ in 0..ROUNDS {
            for _ in 0..READS_A_ROUND {
                match (&self.socket).read(&mut thrown_away) {
                    Ok(0) => return,
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => return,
                }
            }
            sleep(ROUND).await;
        }
    }

    /// Closes it if the client has taken nothing of what waits for it since `cutoff_ms` or longer, and drops what waits.
    fn give_up(&self, cutoff_ms: u64) {
        if self.stalled_since_ms.load(Ordering::Acquire) <= cutoff_ms {
            // It may be closed already; there is nothing else to do about it.
            let _ = self.socket.set_linger(Some(Duration::ZERO));
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }

    /// Since when nothing has been done for the client, if nothing is: no request is handled but such as wait for their
    /// bodies, and nothing was taken.
    fn idle_since_ms(&self) -> Option<u64> {
        let idle = self.requests.load(Ordering::Acquire) <= self.bodies.load(Ordering::Acquire);
        idle.then(|| self.idle_since_ms.load(Ordering::Acquire))
    }
}

impl Handling {
    /// Makes the request the last one of its connection.
    pub(crate) fn make_last(&mut self) {
        self.is_last = true;
    }
}

impl Drop for ReadingBody {
    fn drop(&mut self) {
        self.0.bodies.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        let Self { connection, is_last } = self;
        if *is_last {
            connection.is_over.store(true, Ordering::Release);
        }
        connection.idle_since_ms.store(milliseconds_since(connection.epoch), Ordering::Release);
        connection.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

fn milliseconds_since(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use actix_web::rt::net::TcpListener;
    use actix_web::rt::time::timeout;

    #[actix_web::test]
    async fn a_client_that_takes_nothing_is_given_up_although_a_request_is_being_handled() {
        const PATIENCE: Duration = Duration::from_secs(20);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let limits = HttpLimits { send_timeout: Duration::from_millis(300), ..HttpLimits::default() };
        let connection = Connections::new(&limits).admit(&accepted).unwrap();
        let handling = connection.handle(false);
        let cancelled = async {
            loop {
                accepted.writable().await.unwrap();
                match accepted.try_write(&[0; 16_384]) {
                    Err(error) if error.kind() != ErrorKind::WouldBlock => return error.kind(),
                    Ok(_) | Err(_) => {}
                }
            }
        };
        assert_eq!(timeout(PATIENCE, cancelled).await, Ok(ErrorKind::TimedOut));
        drop(handling);
    }
}
