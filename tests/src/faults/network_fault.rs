use std::time::Duration;

/// What happens to connections through a proxy. A number says: to one in so many pieces of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// Nothing.
    None,
    /// Each piece comes late.
    Delay(Duration),
    /// Both ends are reset in the middle of what the client sends.
    ResetInRequest(u32),
    /// What the client sends arrives, and both ends are reset in the middle of the answer.
    ResetInAnswer(u32),
    /// Both ends are reset when the client sends `COMMIT`, which does not arrive.
    CutBeforeCommit(u32),
    /// `COMMIT` takes effect, and both ends are reset before the client hears of it.
    CutAfterCommit(u32),
    /// Nothing goes through, either way, and nobody is told. What was sent arrives once this is over.
    Silence,
    /// The client reads so slowly that answers arrive a byte at a time.
    SlowReader,
}

/// `COMMIT` as a message of PostgreSQL's simple query protocol.
pub(super) const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
/// The server's word that it has committed.
pub(super) const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
