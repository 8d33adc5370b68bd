//! The connection of a client, and the answers that are given below the application.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connections::{Connection, Connections, Refusal};
use crate::problem::{Code, Problem};
use crate::raw_problem::last_answer;

/// A client's connection, as actix reads it and writes to it.
///
/// What is no request, or comes too slowly to be one, actix refuses by itself with a status alone: the application never
/// hears of it. On its way to the client such an answer is made the problem that every error is. It is told by what all
/// other answers have, a request's id.
pub(crate) struct ClientStream {
    stream: TcpStream,
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    /// The number of its place.
    place: u64,
    /// A problem in the place of a bare answer, as far as it is not written yet.
    unsent: Vec<u8>,
    refused: bool,
}

impl ClientStream {
    /// Takes a connection that was just accepted.
    ///
    /// # Errors
    /// The connection, when there is no place for it.
    pub(crate) fn admit(
        stream: TcpStream,
        connections: Arc<Connections>,
    ) -> Result<Self, (TcpStream, Refusal)> {
        match connections.admit(&stream, stream.peer_addr().ok()) {
            Ok((place, connection)) => {
                Ok(Self { stream, connections, connection, place, unsent: Vec::new(), refused: false })
            }
            Err(refusal) => Err((stream, refusal)),
        }
    }

    /// The connection, as it is looked after.
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// The address of the client.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }

    /// Puts a problem in the place of a bare answer; nothing, after the last request of the connection was answered.
    fn refuse(&mut self, bare: &BareAnswer<'_>) {
        self.refused = true;
        if !self.connection.is_over() {
            self.unsent = bare.as_problem();
        }
    }
}

/// Gives the place back. Lets the client read why it was refused, or had to make room, although it may still be sending.
impl Drop for ClientStream {
    fn drop(&mut self) {
        self.connections.leave(self.place);
        if self.refused || self.connection.makes_room() {
            self.connections.close_gently(self.connection.clone());
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let bytes = buffer.filled().len() - before;
        // Whatever it is framed as: what never becomes a request does not go on for ever.
        if bytes > 0 && !self.connection.may_read_on(bytes) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        written: &[u8],
    ) -> Poll<io::Result<usize>> {
        match BareAnswer::at_the_end_of(written) {
            None => {
                let sent = Pin::new(&mut self.stream).poll_write(context, written);
                match &sent {
                    Poll::Ready(Ok(1..)) => self.connection.progressed(),
                    Poll::Pending => self.connection.stalled(),
                    Poll::Ready(_) => {}
                }
                sent
            }
            Some(([], bare)) => {
                self.refuse(&bare);
                Poll::Ready(Ok(written.len()))
            }
            Some((before, _)) => Pin::new(&mut self.stream).poll_write(context, before),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, unsent, .. } = &mut *self;
        while !unsent.is_empty() {
            let sent = ready!(Pin::new(&mut *stream).poll_write(context, unsent))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            unsent.drain(..sent);
        }
        Pin::new(stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// An answer that says nothing but its status.
#[derive(Debug, PartialEq, Eq)]
struct BareAnswer<'w> {
    version: &'w str,
    code: Code,
    date: &'w str,
}

impl<'w> BareAnswer<'w> {
    /// None is longer.
    const BYTES_MAX: usize = 160;

    /// Finds a bare answer, which is always the last on its connection, and what was written before it.
    fn at_the_end_of(written: &'w [u8]) -> Option<(&'w [u8], Self)> {
        const START: &[u8] = b"HTTP/1.";
        if !written.ends_with(b"\r\n\r\n") {
            return None;
        }
        let tail = written.len().saturating_sub(Self::BYTES_MAX);
        let start = tail + written.get(tail..)?.windows(START.len()).rposition(|window| window == START)?;
        let (before, answer) = written.split_at_checked(start)?;
        Some((before, Self::read(std::str::from_utf8(answer).ok()?)?))
    }

    fn read(answer: &'w str) -> Option<Self> {
        let mut lines = answer.strip_suffix("\r\n\r\n")?.split("\r\n");
        let (version, status) = lines.next()?.split_once(' ')?;
        let code = match status.split_once(' ')?.0 {
            "400" => Code::MalformedRequest,
            "408" => Code::RequestTimeout,
            "431" => Code::HeadersTooLarge,
            "500" => Code::InternalError,
            _ => return None,
        };
        let (mut date, mut is_empty) = ("", false);
        for line in lines {
            match line.split_once(": ")? {
                ("content-length", "0") => is_empty = true,
                ("connection", _) => {}
                ("date", value) => date = value,
                _ => return None,
            }
        }
        is_empty.then_some(Self { version, code, date })
    }

    /// The problem in its place, whole.
    fn as_problem(&self) -> Vec<u8> {
        let problem = match self.code {
            Code::MalformedRequest => Problem::malformed(
                "What was sent is no HTTP request, or one that is framed in more than one way.",
            ),
            code => Problem::new(code),
        };
        last_answer(&problem, self.version, self.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Thu, 26 Nov 2026 14:26:30 GMT";

    fn bare(status: &str, headers: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n{headers}date: {DATE}\r\n\r\n")
    }

    #[test]
    fn bare_answers_are_found_after_others() {
        for (status, code) in [
            ("400 Bad Request", Code::MalformedRequest),
            ("408 Request Timeout", Code::RequestTimeout),
            ("431 Request Header Fields Too Large", Code::HeadersTooLarge),
            ("500 Internal Server Error", Code::InternalError),
        ] {
            for headers in ["", "connection: close\r\n", "connection: keep-alive\r\n"] {
                for before in ["", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"] {
                    let written = format!("{before}{}", bare(status, headers));
                    let found = BareAnswer::at_the_end_of(written.as_bytes());
                    let expected = BareAnswer { version: "HTTP/1.1", code, date: DATE };
                    assert_eq!(found, Some((before.as_bytes(), expected)));
                }
            }
        }
    }

    #[test]
    fn other_answers_are_left_alone() {
        let (whole, named) = (bare("400 Bad Request", ""), bare("400 Bad Request", "x-request-id: 1\r\n"));
        for written in [
            "",
            "\r\n\r\n",
            "{}",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n",
            "data: HTTP/1.1 400 Bad Request\r\n\r\n",
            &bare("404 Not Found", ""),
            &named,
            &whole[..whole.len() - 1],
            &format!("{whole}{{}}"),
        ] {
            assert_eq!(BareAnswer::at_the_end_of(written.as_bytes()), None, "{written}");
        }
    }
}
