//! Content codings: large answers in fewer bytes, for those who accept that (RFC 9110).
//!
//! [`Coding`] is how an answer is coded. What takes long is coded off the worker threads, one answer at a time, by
//! [`CodedAnswers`], which remembers it for all who are given the same. Nothing is coded while it is sent: an encoder takes more memory than what comes out of it, for as long as a slow reader likes.

mod answers;
mod encode;

pub(crate) use answers::{CodedAnswers, ContentDigest};

use actix_web::http::header::HeaderValue;

/// Answers up to this size are not coded: they fit into a packet.
pub(crate) const CODED_BYTES_MIN: u64 = 1_024;

/// How the bytes of an answer are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// Gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Coding {
    /// All of them. Of those that a client likes as much, the first is given: a large map takes half of the time by gzip.
    pub(crate) const ALL: [Self; 2] = [Self::Gzip, Self::Brotli];

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The value of `Content-Encoding`.
    pub(crate) const fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }
}
