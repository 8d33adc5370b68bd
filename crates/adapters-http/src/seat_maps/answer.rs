use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::body::{CLOSE, DateSeatsBody, opened};
use super::phrases::ContentDigest;
use super::shown::{SeatsWriter, ShownTo};
use crate::problem::Problem;

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
        let (first, _) = self.digest.split_first_chunk::<BYTES>().unwrap_or((&[0; BYTES], &[]));
        EntityTag::new_strong(Uuid::from_bytes(*first).simple().to_string())
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
        loop {
            let next = match self.parts.front_mut()? {
                Part::Text(text) => Some(std::mem::take(text)),
                Part::Seats(seats) => seats.next(),
            };
            match next {
                Some(piece) if !piece.is_empty() => return Some(piece),
                _ => drop(self.parts.pop_front()),
            }
        }
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
