use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// A connection for what no HTTP client would send.
pub struct RawConnection(TcpStream);

impl RawConnection {
    /// Longer than any answer takes.
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// Between two bytes of those who send slowly.
    const DRIP: Duration = Duration::from_millis(20);

    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Connects from one of this machine's own addresses.
    pub async fn open_from(from: IpAddr, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    /// Connects with hardly any room for what comes back.
    pub async fn open_narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    /// Sends a whole request with an empty body and gives the status and the whole answer.
    pub async fn ask(address: SocketAddr, method: &str, target: &str) -> (u16, String) {
        let head = format!("{method} {target} HTTP/1.1\r\nHost: seatline\r\nConnection: close\r\n\r\n");
        Self::exchange(address, head.as_bytes()).await
    }

    /// Sends these bytes, reads until the other side closes, and gives the status (0 for none) and the whole answer.
    pub async fn exchange(address: SocketAddr, request: &[u8]) -> (u16, String) {
        let mut connection = Self::open(address).await;
        connection.send(request).await;
        connection.read_to_end().await
    }

    /// Sends bytes. A server that has hung up already is no error.
    pub async fn send(&mut self, bytes: &[u8]) {
        drop(self.0.write_all(bytes).await);
    }

    /// Sends the start, and then these bytes again and again, until the other side closes or so many were sent. Gives how
    /// many it took.
    pub async fn flood(mut self, start: &[u8], filler: &[u8], bytes_max: usize) -> usize {
        self.send(start).await;
        let mut taken = 0;
        while taken < bytes_max {
            let sent = timeout(Self::TIMEOUT, self.0.write_all(filler)).await;
            if sent.expect("the other side takes nothing and does not close").is_err() {
                break;
            }
            taken += filler.len();
        }
        taken
    }

    /// Sends the start, and then these bytes one by one, again and again, until the other side closes. Gives the status
    /// (0 for none) and everything that it said.
    pub async fn drip(mut self, start: &[u8], drops: &'static [u8]) -> (u16, String) {
        self.send(start).await;
        let (mut answer, mut asking) = self.0.into_split();
        let dripping = async {
            for drop in drops.iter().copied().cycle() {
                if asking.write_all(&[drop]).await.is_err() {
                    break;
                }
                sleep(Self::DRIP).await;
            }
            pending::<()>().await;
        };
        let mut said = Vec::new();
        let closed = tokio::select! {
            closed = timeout(Self::TIMEOUT, answer.read_to_end(&mut said)) => closed,
            () = dripping => unreachable!(),
        };
        assert!(closed.is_ok(), "the connection stays open: {}", String::from_utf8_lossy(&said));
        with_status(&said)
    }

    /// Says that nothing more is to come, and goes on listening.
    pub async fn finish(&mut self) {
        drop(self.0.shutdown().await);
    }

    /// Hangs up so that the other side is told at once, whatever is still under way.
    pub fn reset(self) {
        self.0.set_zero_linger().unwrap();
    }

    /// Reads until the other side has said this, and gives everything that it said.
    pub async fn read_until(&mut self, expected: &str) -> String {
        let mut said = Vec::new();
        let reading = timeout(Self::TIMEOUT, async {
            while !String::from_utf8_lossy(&said).contains(expected) {
                if self.0.read_buf(&mut said).await.unwrap() == 0 {
                    break;
                }
            }
        });
        assert!(reading.await.is_ok(), "{expected} is never said");
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains(expected), "the connection is closed after {said}");
        said
    }

    /// Reads the status of the answer, and nothing of what follows it.
    pub async fn status(&mut self) -> u16 {
        let mut begin = *b"HTTP/1.1 000";
        let reading = timeout(Self::TIMEOUT, self.0.read_exact(&mut begin)).await;
        reading.expect("there is no answer").unwrap();
        with_status(&begin).0
    }

    /// Reads so many bytes at most, again and again with such a pause, until the other side closes. Gives everything that
    /// it said.
    pub async fn read_slowly(&mut self, bytes: usize, pause: Duration) -> String {
        let (mut said, mut taken) = (Vec::new(), vec![0; bytes]);
        loop {
            let read = timeout(Self::TIMEOUT, self.0.read(&mut taken)).await;
            match read.expect("nothing more is said, and the connection stays open").unwrap() {
                0 => return String::from_utf8(said).unwrap(),
                read => said.extend_from_slice(&taken[..read]),
            }
            sleep(pause).await;
        }
    }

    /// Reads until the other side closes, and gives the status (0 for none) and everything that it said.
    pub async fn read_to_end(&mut self) -> (u16, String) {
        let mut said = Vec::new();
        let reading = timeout(Self::TIMEOUT, self.0.read_to_end(&mut said)).await;
        assert!(reading.is_ok(), "the connection stays open: {}", String::from_utf8_lossy(&said));
        with_status(&said)
    }
}

fn with_status(said: &[u8]) -> (u16, String) {
    let said = String::from_utf8_lossy(said).into_owned();
    let status = said.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, said)
}
