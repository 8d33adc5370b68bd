use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection for what no HTTP client would send.
pub struct RawConnection(TcpStream);

impl RawConnection {
    /// Longer than any answer takes.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
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

    /// Reads until the other side closes, and gives the status (0 for none) and everything that it said.
    pub async fn read_to_end(&mut self) -> (u16, String) {
        let mut said = Vec::new();
        let reading = timeout(Self::PATIENCE, self.0.read_to_end(&mut said)).await;
        assert!(reading.is_ok(), "the connection stays open: {}", String::from_utf8_lossy(&said));
        let said = String::from_utf8_lossy(&said).into_owned();
        let status = said.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, said)
    }
}
