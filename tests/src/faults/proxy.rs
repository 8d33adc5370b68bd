use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::network_fault::{COMMIT, COMMITTED, NetworkFault};

/// The server that a proxy leads to.
#[derive(Debug, Clone)]
pub enum Upstream {
    /// A port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

/// Stands between a client and a server, and does to their connections what it is told.
pub struct Proxy {
    address: SocketAddr,
    fault: watch::Sender<NetworkFault>,
    disturbances: Arc<AtomicU64>,
    upstream: Arc<Mutex<Upstream>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Opens one that leads to this server and does no harm so far.
    pub async fn open(upstream: Upstream, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (fault, now) = watch::channel(NetworkFault::None);
        let (upstream, disturbances) = (Arc::new(Mutex::new(upstream)), Arc::<AtomicU64>::default());
        let accepting =
            tokio::spawn(accept(listener, Arc::clone(&upstream), now, seed, Arc::clone(&disturbances)));
        Self { address, fault, disturbances, upstream, accepting }
    }

    /// The address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, this happens to all connections.
    pub fn cause(&self, fault: NetworkFault) {
        self.fault.send_replace(fault);
    }

    /// From now on, new connections lead there.
    pub fn lead_to(&self, upstream: Upstream) {
        *self.upstream.lock().unwrap_or_else(PoisonError::into_inner) = upstream;
    }

    /// How often it has disturbed a connection.
    pub fn disturbances(&self) -> u64 {
        self.disturbances.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    upstream: Arc<Mutex<Upstream>>,
    fault: watch::Receiver<NetworkFault>,
    seed: u64,
    disturbances: Arc<AtomicU64>,
) {
    for connection in 0_u64.. {
        let Ok((client, _)) = listener.accept().await else { continue };
        let upstream = upstream.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let seed = seed.wrapping_add(connection);
        tokio::spawn(relay(client, upstream, fault.clone(), seed, Arc::clone(&disturbances)));
    }
}

async fn relay(
    client: TcpStream,
    upstream: Upstream,
    fault: watch::Receiver<NetworkFault>,
    seed: u64,
    disturbances: Arc<AtomicU64>,
) {
    // Whoever is dropped first, the other side is to see a reset rather than an orderly end.
    let _ = SockRef::from(&client).set_linger(Some(Duration::ZERO));
    let _ = client.set_nodelay(true);
    match upstream {
        Upstream::Tcp(address) => {
            let Ok(server) = TcpStream::connect(address).await else { return };
            let _ = SockRef::from(&server).set_linger(Some(Duration::ZERO));
            let _ = server.set_nodelay(true);
            between(client, server, fault, seed, &disturbances).await;
        }
        Upstream::Unix(path) => {
            let Ok(server) = UnixStream::connect(path).await else { return };
            between(client, server, fault, seed, &disturbances).await;
        }
    }
}

async fn between(
    client: impl AsyncRead + AsyncWrite + Send,
    server: impl AsyncRead + AsyncWrite + Send,
    fault: watch::Receiver<NetworkFault>,
    seed: u64,
    disturbances: &AtomicU64,
) {
    let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
    let doomed = AtomicBool::new(false);
    let pump = |direction| Pump {
        direction,
        fault: fault.clone(),
        rng: StdRng::seed_from_u64(seed),
        doomed: &doomed,
        disturbances,
    };
    // The end of either direction is the end of both.
    tokio::select! {
        () = pump(Direction::Request).run(from_client, to_server) => {}
        () = pump(Direction::Answer).run(from_server, to_client) => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Request,
    Answer,
}

/// One direction of one connection.
struct Pump<'p> {
    direction: Direction,
    fault: watch::Receiver<NetworkFault>,
    rng: StdRng,
    /// Whether the connection ends once the server says that it has committed.
    doomed: &'p AtomicBool,
    disturbances: &'p AtomicU64,
}

impl Pump<'_> {
    async fn run(mut self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length) = from.read(&mut buffer).await {
            let piece = &buffer[..length];
            if piece.is_empty() || !self.pass(piece, &mut to).await {
                return;
            }
        }
    }

    /// Passes a piece on, or what is left of it; `false` when the connection ends.
    async fn pass(&mut self, piece: &[u8], to: &mut (impl AsyncWrite + Unpin)) -> bool {
        let fault = *self.fault.borrow_and_update();
        let has = |what: &[u8]| piece.windows(what.len()).any(|window| window == what);
        match (fault, self.direction) {
            (NetworkFault::Delay(late), _) => {
                self.count();
                sleep(late).await;
            }
            (NetworkFault::Silence, _) => {
                self.count();
                if self.fault.wait_for(|now| *now != NetworkFault::Silence).await.is_err() {
                    return false;
                }
            }
            (NetworkFault::ResetInRequest(one_in), Direction::Request)
            | (NetworkFault::ResetInAnswer(one_in), Direction::Answer)
                if self.happens(one_in) =>
            {
                let cut = self.rng.random_range(0..piece.len());
                // Best effort: whatever arrives of it, the connection ends here.
                let _ = to.write_all(&piece[..cut]).await;
                let _ = to.flush().await;
                return false;
            }
            (NetworkFault::CutBeforeCommit(one_in), Direction::Request)
                if has(COMMIT) && self.happens(one_in) =>
            {
                return false;
            }
            (NetworkFault::CutAfterCommit(one_in), Direction::Request)
                if has(COMMIT) && self.happens(one_in) =>
            {
                self.doomed.store(true, Ordering::Relaxed);
            }
            (_, Direction::Answer) if self.doomed.load(Ordering::Relaxed) && has(COMMITTED) => return false,
            (NetworkFault::SlowReader, Direction::Answer) => return self.trickle(piece, to).await,
            _ => {}
        }
        to.write_all(piece).await.is_ok()
    }

    async fn trickle(&mut self, piece: &[u8], to: &mut (impl AsyncWrite + Unpin)) -> bool {
        self.count();
        for byte in piece {
            if to.write_all(&[*byte]).await.is_err() {
                return false;
            }
            if *self.fault.borrow() == NetworkFault::SlowReader {
                sleep(Duration::from_millis(1)).await;
            }
        }
        true
    }

    fn happens(&mut self, one_in: u32) -> bool {
        let happens = self.rng.random_ratio(1, one_in);
        if happens {
            self.count();
        }
        happens
    }

    fn count(&self) {
        self.disturbances.fetch_add(1, Ordering::Relaxed);
    }
}
