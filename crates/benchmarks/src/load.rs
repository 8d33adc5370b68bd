use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Requests, each ready to be sent as it is.
pub(crate) type Requests = Arc<Vec<Vec<u8>>>;

/// Sends requests to a server over so many kept connections, one at a time on each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
}

/// What came of requests that were sent once each.
pub(crate) struct Sent {
    pub(crate) per_second: f64,
    /// The answers' bodies, in the order of the requests.
    pub(crate) bodies: Vec<Vec<u8>>,
    /// How many of them were refused.
    pub(crate) refused: usize,
}

impl Sent {
    /// Fails when any of them was refused.
    pub(crate) fn all_done(self) -> anyhow::Result<Self> {
        ensure!(self.refused == 0, "{} of {} were refused", self.refused, self.bodies.len());
        Ok(self)
    }
}

impl Load {
    /// Sends the requests again and again for so long; gives how many were answered a second.
    pub(crate) async fn cycle(self, requests: &Requests, time: Duration) -> anyhow::Result<f64> {
        let (next, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let begin = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..self.connections {
            let (next, stop, requests) = (next.clone(), stop.clone(), requests.clone());
            tasks.push(tokio::spawn(async move {
                let mut connection = Connection::open(self.address).await?;
                let mut answered = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed) % requests.len();
                    connection.send(requests.get(index).context("no request")?).await?;
                    answered += 1;
                }
                anyhow::Ok(answered)
            }));
        }
        sleep(time).await;
        stop.store(true, Ordering::Relaxed);
        let elapsed = begin.elapsed();
        let mut answered = 0;
        for task in tasks {
            answered += task.await??;
        }
        Ok(f64::from(answered) / elapsed.as_secs_f64())
    }

    /// Sends every request once. Anything but a success is an error.
    pub(crate) async fn once(self, requests: Vec<Vec<u8>>) -> anyhow::Result<Sent> {
        self.once_whatever(requests).await?.all_done()
    }

    /// Sends every request once, at this rate, whether or not the ones before were answered, as far as there are
    /// connections. Gives the times to the answers, from the instant at which each was to be sent, in order.
    pub(crate) async fn at_rate(self, requests: Vec<Vec<u8>>, per_second: f64) -> anyhow::Result<Vec<f64>> {
        let (next, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(requests));
        let begin = Instant::now() + Duration::from_millis(200);
        let mut tasks = Vec::new();
        for _ in 0..self.connections {
            let (next, requests) = (next.clone(), requests.clone());
            tasks.push(tokio::spawn(async move {
                let mut connection = Connection::open(self.address).await?;
                let mut times = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(index) else { return anyhow::Ok(times) };
                    let wanted =
                        begin + Duration::from_secs_f64(f64::from(u32::try_from(index)?) / per_second);
                    // Only a busy server makes a request late: waking up late is this program's own doing.
                    let from = if Instant::now() < wanted {
                        tokio::time::sleep_until(wanted.into()).await;
                        Instant::now()
                    } else {
                        wanted
                    };
                    let (status, _) = connection.ask(request).await?;
                    ensure!(status < 300, "refused");
                    times.push(from.elapsed().as_secs_f64());
                }
            }));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        times.sort_unstable_by(f64::total_cmp);
        Ok(times)
    }

    /// Opens connections and keeps them, each after one request.
    pub(crate) async fn keep_open(self, request: &[u8]) -> anyhow::Result<Vec<Connection>> {
        let mut open = Vec::new();
        for _ in 0..self.connections {
            let mut connection = Connection::open(self.address).await?;
            connection.send(request).await?;
            open.push(connection);
        }
        Ok(open)
    }

    /// Sends every request once, whatever comes of it.
    pub(crate) async fn once_whatever(self, requests: Vec<Vec<u8>>) -> anyhow::Result<Sent> {
        once_over(&[self], requests).await
    }
}

/// Sends every request once, each to the server of whichever connection is free next, whatever comes of it.
pub(crate) async fn once_over(loads: &[Load], requests: Vec<Vec<u8>>) -> anyhow::Result<Sent> {
    let (next, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(requests));
    let mut connections = Vec::new();
    for load in loads {
        for _ in 0..load.connections {
            connections.push(Connection::open(load.address).await?);
        }
    }
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for mut connection in connections {
        let (next, requests) = (next.clone(), requests.clone());
        tasks.push(tokio::spawn(async move {
            let mut answers = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(index) else { return anyhow::Ok(answers) };
                let (status, body) = connection.ask(request).await?;
                answers.push((index, status, body.to_vec()));
            }
        }));
    }
    let mut answers = Vec::with_capacity(requests.len());
    for task in tasks {
        answers.extend(task.await??);
    }
    let per_second = f64::from(u32::try_from(answers.len())?) / begin.elapsed().as_secs_f64();
    answers.sort_unstable_by_key(|(index, ..)| *index);
    let refused = answers.iter().filter(|(_, status, _)| *status >= 300).count();
    let bodies = answers.into_iter().map(|(.., body)| body).collect();
    Ok(Sent { per_second, bodies, refused })
}

/// A request without a body.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request_with(method, path, headers, "")
}

/// A request with a body of JSON.
pub(crate) fn request_with(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {length}\r\n{kind}{headers}\r\n{body}"
    )
    .into_bytes()
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16_384) })
    }

    /// Sends a request and gives the answer's body. Anything but a success is an error.
    async fn send(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        let (status, _) = self.ask(request).await?;
        if status >= 300 {
            bail!("refused: {}", String::from_utf8_lossy(&self.received));
        }
        let head = memmem::find(&self.received, b"\r\n\r\n").context("no head")?;
        self.received.get(head + 4..).context("no body")
    }

    /// Sends a request and gives the answer's status and body.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (begin, end) = loop {
            ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the connection was closed");
            if let Some(head) = memmem::find(&self.received, b"\r\n\r\n") {
                let body = head + 4;
                let end = body + content_length(self.received.get(..head).unwrap_or_default())?;
                if self.received.len() >= end {
                    break (body, end);
                }
            }
        };
        let status = self.received.get(9..12).context("no status")?;
        let status = status.iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
        Ok((status, self.received.get(begin..end).context("no body")?))
    }
}

fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    const NAME: &[u8] = b"content-length: ";
    // What has no body says no length.
    if head.get(9..12) == Some(b"204") {
        return Ok(0);
    }
    let start = memmem::find(head, NAME).context("an answer without its length")? + NAME.len();
    let digits = head.get(start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit());
    Ok(digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0')))
}
