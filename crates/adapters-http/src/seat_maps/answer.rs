use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::body::{CLOSE, DateSeatsBody, opened};
use super::shown::{ContentDigest, ShownTo};
use super::text::SeatsWriter;
use crate::problem::Problem;
use crate::unsent::PIECE_BYTES;

/// Seat maps as a body, written a piece at a time.
pub(crate) struct SeatsAnswer {
    parts: VecDeque<Part>,
    bytes: u64,
    digest: ContentDigest,
}

enum Part {
    Text(Bytes),
    Seats(SeatsWriter),
}

impl SeatsAnswer {
    /// More than one seat takes, however it is called.
    const SEAT_BYTES_MAX: usize = 1_024;

    /// The seats of a performance.
    pub(crate) fn of_performance(map: ShownTo) -> Self {
        let mut answer = Self { parts: VecDeque::new(), bytes: 0, digest: map.digest };
        answer.push_map(map);
        answer
    }

    /// The seats of a date: these performances, added to a body that has none so far.
    pub(crate) fn of_date(body: &DateSeatsBody<'_>, maps: Vec<ShownTo>) -> Result<Self, Problem> {
        let head = opened(body)?;
        let digest = Sha256::new_with_prefix(&head);
        let digest =
            maps.iter().fold(digest, |digest, map| digest.chain_update(map.digest)).finalize().into();
        let mut answer = Self { parts: VecDeque::new(), bytes: 0, digest };
        answer.push_text(head);
        for (place, map) in maps.into_iter().enumerate() {
            if place > 0 {
                answer.push_text(Bytes::from_static(b","));
            }
            answer.push_map(map);
        }
        answer.push_text(Bytes::from_static(CLOSE));
        Ok(answer)
    }

    /// The digest of what it is made of.
    pub(crate) const fn digest(&self) -> ContentDigest {
        self.digest
    }

    /// How many bytes it has.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A strong `ETag`: the same for the same content, by whichever instance.
    pub(crate) fn tag(&self) -> EntityTag {
        const BYTES: usize = 16;
        let hex = self.digest.iter().take(BYTES).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        EntityTag::new_strong(hex)
    }

    fn push_map(&mut self, map: ShownTo) {
        self.push_text(map.head);
        self.bytes += map.seats_bytes;
        self.parts.push_back(Part::Seats(map.seats));
        self.push_text(Bytes::from_static(CLOSE));
    }

    fn push_text(&mut self, text: Bytes) {
        self.bytes += u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.parts.push_back(Part::Text(text));
    }
}

impl Iterator for SeatsAnswer {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        const FULL: usize = PIECE_BYTES - SeatsAnswer::SEAT_BYTES_MAX;
        let whole = usize::try_from(self.bytes).unwrap_or(PIECE_BYTES);
        let mut piece = Vec::with_capacity(whole.min(PIECE_BYTES));
        while piece.len() < FULL
            && let Some(part) = self.parts.front_mut()
        {
            let is_written = match part {
                Part::Text(text) => {
                    piece.extend_from_slice(text);
                    true
                }
                Part::Seats(seats) => seats.write(&mut piece, FULL),
            };
            if is_written {
                self.parts.pop_front();
            }
        }
        (!piece.is_empty()).then(|| piece.into())
    }
}

impl MessageBody for SeatsAnswer {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.get_mut().next().map(Ok))
    }
}
