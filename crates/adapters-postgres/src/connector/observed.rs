use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::server_errors::{ErrorReader, ServerErrors};

/// A stream from a server whose errors are taken note of.
#[derive(Debug)]
pub(super) struct Observed<S> {
    stream: S,
    reader: ErrorReader,
    errors: Arc<ServerErrors>,
}

impl<S> Observed<S> {
    pub(super) const fn new(stream: S, asked_for_tls: bool, errors: Arc<ServerErrors>) -> Self {
        Self { stream, reader: ErrorReader::new(asked_for_tls), errors }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Observed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let this = &mut *self;
        let polled = Pin::new(&mut this.stream).poll_read(cx, buffer);
        this.reader.read(buffer.filled().get(before..).unwrap_or_default(), &this.errors);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Observed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Observed<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// Speaks TLS, and observes what is inside of it instead of what is outside.
pub(super) struct ObservedTls<T>(pub(super) T);

impl<S, T> TlsConnect<Observed<S>> for ObservedTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Observed<T::Stream>;
    type Error = T::Error;
    type Future = BoxFuture<'static, Result<Self::Stream, Self::Error>>;

    fn connect(self, outside: Observed<S>) -> Self::Future {
        let Observed { stream, errors, .. } = outside;
        self.0.connect(stream).map_ok(|inside| Observed::new(inside, false, errors)).boxed()
    }
}
