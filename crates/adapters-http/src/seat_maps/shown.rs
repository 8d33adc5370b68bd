use std::sync::Arc;

use actix_web::web::Bytes;
use seatline_application::seats::PerformanceSeats;
use seatline_domain::id::UserId;
use seatline_domain::seat::SeatState;
use sha2::{Digest, Sha256};

use super::body::{SeatMapBody, SeatStateBody, opened};
use super::text::{SeatsText, SeatsWriter};
use crate::problem::Problem;
use crate::unsent::UnsentBytes;

/// The digest of something that is shown.
pub(super) type ContentDigest = [u8; 32];

/// A map with a filter: what everybody is shown, and who has which of the seats.
pub(crate) struct ShownMap {
    /// The map up to its first seat.
    head: Bytes,
    text: Arc<SeatsText>,
    digest: ContentDigest,
    /// Owners of seats that are shown, with the places of these, in ascending order.
    owners: Vec<(UserId, usize)>,
}

/// A map as one user is shown it.
pub(crate) struct ShownTo {
    pub(super) head: Bytes,
    pub(super) seats: SeatsWriter,
    pub(super) seats_bytes: u64,
    pub(super) digest: ContentDigest,
}

impl ShownMap {
    /// Works out what is shown; `available` keeps the free seats, or those that are not free.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(super) fn of(
        seats: &PerformanceSeats,
        available: Option<bool>,
        unsent: &UnsentBytes,
    ) -> Result<Self, Problem> {
        let prices = &seats.performance.section_prices;
        let (mut text, mut owners, mut free) = (SeatsText::default(), Vec::new(), 0);
        for (place, (seat, state)) in seats.map.states().enumerate() {
            let (state, owner) = match state {
                SeatState::Available => (SeatStateBody::Available, None),
                SeatState::Held { user_id, .. } => (SeatStateBody::Held, Some(user_id)),
                SeatState::Sold { user_id, .. } => (SeatStateBody::Sold, Some(user_id)),
                SeatState::Blocked => (SeatStateBody::Blocked, None),
            };
            let is_free = state == SeatStateBody::Available;
            free += u32::from(is_free);
            let is_shown = available.is_none_or(|wanted| wanted == is_free);
            text.push(seat, prices.of(seat), is_shown.then_some(state))?;
            owners.extend(owner.filter(|_| is_shown).map(|owner| (owner, place)));
        }
        owners.sort_unstable();
        let head = opened(&SeatMapBody::new(&seats.performance, free, Some(Vec::new())))?;
        let mut digest = Sha256::new_with_prefix(&head);
        text.digest(&mut digest);
        Ok(Self { head, text: Arc::new(text.keep(unsent)?), digest: digest.finalize().into(), owners })
    }

    /// The map as this user is shown it. Two of them with the same digest are the same.
    pub(crate) fn to(&self, user: UserId) -> ShownTo {
        let first = self.owners.partition_point(|(owner, _)| *owner < user);
        let theirs = self.owners.get(first..).unwrap_or_default().iter();
        let mine: Vec<_> = theirs.take_while(|(owner, _)| *owner == user).map(|(_, place)| *place).collect();
        let mut digest = self.digest;
        if !mine.is_empty() {
            let places = mine.iter().map(|place| place.to_be_bytes());
            let all = Sha256::new_with_prefix(digest);
            digest = places.fold(all, Digest::chain_update).finalize().into();
        }
        ShownTo {
            head: self.head.clone(),
            seats_bytes: self.text.bytes(mine.len()),
            seats: self.text.written_for(mine),
            digest,
        }
    }
}
