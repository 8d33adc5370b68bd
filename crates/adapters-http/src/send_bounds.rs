//! What the operating system is told about sending to a client.

use std::time::Duration;

use socket2::Socket;

/// Has the operating system give a connection up when what was sent stays unacknowledged, or cannot be sent because the
/// client takes nothing, for so long; zero leaves it to the system's own deadlines. Systems that cannot bound it go by
/// these.
pub(crate) fn bound_sending(socket: &Socket, deadline: Duration) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = socket.set_tcp_user_timeout(Some(deadline)) {
        tracing::debug!(%error, "a connection has no send timeout");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (socket, deadline);
}

/// Has the operating system keep little that it cannot send yet: it takes more as soon as the client has taken some, by
/// which a slow reader is known, and one that takes nothing costs little of its memory.
pub(crate) fn keep_little(socket: &Socket) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        const UNSENT_BYTES: u32 = 32 * 1_024;
        if let Err(error) = socket.set_tcp_notsent_lowat(UNSENT_BYTES) {
            tracing::debug!(%error, "a connection keeps as much as the system likes");
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = socket;
}

/// Has the operating system send each piece of an answer when it is written. Otherwise the last one waits until the client
/// has acknowledged those before, which clients put off by some 40 ms.
pub(crate) fn send_at_once(socket: &Socket) {
    if let Err(error) = socket.set_tcp_nodelay(true) {
        tracing::debug!(%error, "answers in pieces are late");
    }
}
