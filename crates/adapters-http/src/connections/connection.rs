use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use socket2::Socket;

use crate::problem::Problem;
use crate::raw_problem::only_answer;
use crate::send_bounds::bound_sending;

/// One connection, for as long as the server keeps it.
pub(crate) struct Connection {
    epoch: Instant,
    socket: Socket,
    requests: AtomicUsize,
    /// Whether any request came.
    was_asked: AtomicBool,
    idle_since_ms: AtomicU64,
    /// Since when the client has taken nothing of what waits for it; [`Connection::NEVER`] while nothing waits.
    stalled_since_ms: AtomicU64,
    send_timeout: Duration,
    /// Whether the system leaves it to [`Connections::watch`](super::Connections::watch) to give up a client that takes
    /// nothing.
    is_sent_at_length: AtomicBool,
    /// Requests whose body is still being sent.
    bodies: AtomicUsize,
    read_since_request: AtomicU64,
    /// Whether a large body is being sent.
    is_sent_much: AtomicBool,
    is_over: AtomicBool,
    makes_room: AtomicBool,
}

/// The body of a request is being read on a connection.
pub(crate) struct ReadingBody(Arc<Connection>);

/// A request is being handled on a connection.
pub(crate) struct Handling {
    connection: Arc<Connection>,
    is_last: bool,
}

impl Connection {
    /// The most bytes that are read for one request and ahead of the next, however they are framed: a body in the
    /// smallest of chunks, and what actix reads ahead, several times over.
    const READ_MAX: u64 = 512 * 1_024;
    /// The same while an operator sends a large body.
    const LARGE_READ_MAX: u64 = 8 * 1_024 * 1_024;
    /// Later than any instant.
    const NEVER: u64 = u64::MAX;

    /// One that was just accepted. Its times are counted from an epoch; a client may take nothing of an answer for so long.
    pub(super) fn new(epoch: Instant, socket: Socket, send_timeout: Duration) -> Self {
        Self {
            epoch,
            socket,
            requests: AtomicUsize::new(0),
            was_asked: AtomicBool::new(false),
            idle_since_ms: AtomicU64::new(milliseconds_since(epoch)),
            stalled_since_ms: AtomicU64::new(Self::NEVER),
            send_timeout,
            is_sent_at_length: AtomicBool::new(false),
            bodies: AtomicUsize::new(0),
            read_since_request: AtomicU64::new(0),
            is_sent_much: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            makes_room: AtomicBool::new(false),
        }
    }

    /// Takes note of bytes that were read; tells whether there may be more before the next request.
    pub(crate) fn may_read_on(&self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let most =
            if self.is_sent_much.load(Ordering::Relaxed) { Self::LARGE_READ_MAX } else { Self::READ_MAX };
        self.read_since_request.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= most
    }

    /// Takes note that an operator sends a large body with the request that is being handled.
    pub(crate) fn expect_large_body(&self) {
        self.is_sent_much.store(true, Ordering::Relaxed);
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
        self.was_asked.store(true, Ordering::Release);
        self.read_since_request.store(0, Ordering::Relaxed);
        self.is_sent_much.store(false, Ordering::Relaxed);
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

    /// Whether it had to make room for others.
    pub(crate) fn makes_room(&self) -> bool {
        self.makes_room.load(Ordering::Acquire)
    }

    /// Ends it, since others need its place. Whoever has not been answered anything yet is told so.
    pub(super) fn make_room(&self) {
        self.makes_room.store(true, Ordering::Release);
        if self.was_asked.load(Ordering::Acquire) {
            return self.hang_up();
        }
        self.end();
        let problem = Problem::unavailable().detail("The connection had to make room for others.");
        // The system takes so little of a new connection at once.
        let _ = (&self.socket).write(&only_answer(&problem));
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Closes it. Whoever was sending a body is only told that no more is read, and gets an answer.
    pub(super) fn hang_up(&self) {
        let sending = self.bodies.load(Ordering::Acquire) > 0;
        // It may be closed already; there is nothing else to do about it.
        let _ = self.socket.shutdown(if sending { Shutdown::Read } else { Shutdown::Both });
    }

    /// Closes it if the client has taken nothing of what waits for it since `cutoff_ms` or longer, and drops what waits.
    pub(super) fn give_up(&self, cutoff_ms: u64) {
        if self.stalled_since_ms.load(Ordering::Acquire) <= cutoff_ms {
            // It may be closed already; there is nothing else to do about it.
            let _ = self.socket.set_linger(Some(Duration::ZERO));
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }

    /// Says that nothing more comes, and throws away what still arrives until the client has closed too, for a while.
    pub(super) async fn drain(&self) {
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

    /// Since when nothing has been done for the client, if nothing is: no request is handled but such as wait for their
    /// bodies, and nothing was taken.
    pub(super) fn idle_since_ms(&self) -> Option<u64> {
        let idle = self.requests.load(Ordering::Acquire) <= self.bodies.load(Ordering::Acquire);
        idle.then(|| self.idle_since_ms.load(Ordering::Acquire))
    }

    /// The same for one that may make room for others. Whoever has just come has a moment to ask.
    pub(super) fn may_make_room_since_ms(&self, grace_ms: u64) -> Option<u64> {
        let since = self.idle_since_ms()?;
        let had_time = since.saturating_add(grace_ms) <= milliseconds_since(self.epoch);
        (had_time || self.was_asked.load(Ordering::Acquire)).then_some(since)
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

/// How long ago an epoch was.
pub(super) fn milliseconds_since(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
}
