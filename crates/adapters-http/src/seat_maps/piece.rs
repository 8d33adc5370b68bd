use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::phrases::{ContentDigest, Phrases, StateByte};
use crate::problem::Problem;
use crate::unsent::{Kept, UnsentBytes};

/// Successive seats of a map with their states: what is written of them at a time. Successive maps share those in which
/// nothing has changed.
pub(super) struct Piece {
    states: Box<[StateByte]>,
    digest: ContentDigest,
    bytes: usize,
    text: Mutex<Text>,
    /// Its place in the budget, which the maps that are being shown with it share.
    place: Mutex<Weak<Kept>>,
}

/// The text of a piece for all who have none of its seats.
enum Text {
    /// Nobody was sent it yet.
    Unwritten,
    /// It was written for one of them and is there for the others.
    Kept(Bytes),
    /// Its map is not remembered any more: those who are still being sent it have it written for them.
    Forgotten,
}

impl Piece {
    pub(super) fn of(phrases: &Phrases, number: usize, states: &[StateByte]) -> Self {
        Self {
            digest: Sha256::digest(states).into(),
            bytes: phrases.bytes(number, states),
            states: states.into(),
            text: Mutex::new(Text::Unwritten),
            place: Mutex::default(),
        }
    }

    pub(super) const fn states(&self) -> &[StateByte] {
        &self.states
    }

    pub(super) const fn digest(&self) -> &ContentDigest {
        &self.digest
    }

    /// The length of the text.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The bytes of memory that it takes without the text.
    pub(super) const fn memory(&self) -> usize {
        self.states.len() + size_of::<Self>() + size_of::<Kept>()
    }

    /// Takes its place in the budget, which it has once however many maps it is in.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(super) fn keep(&self, unsent: &UnsentBytes) -> Result<Arc<Kept>, Problem> {
        // Replaced whole.
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = place.upgrade() {
            return Ok(kept);
        }
        let kept = Arc::new(unsent.keep(self.memory())?);
        *place = Arc::downgrade(&kept);
        Ok(kept)
    }

    /// The text for whoever has none of the seats.
    pub(super) fn shared(&self, phrases: &Phrases, number: usize) -> Bytes {
        let mut text = self.text();
        match &*text {
            Text::Kept(written) => written.clone(),
            Text::Forgotten => {
                drop(text);
                phrases.write(number, &self.states, &[]).into()
            }
            Text::Unwritten => {
                let written = Bytes::from(phrases.write(number, &self.states, &[]));
                *text = Text::Kept(written.clone());
                written
            }
        }
    }

    /// The text for whoever has these of the seats, by place.
    pub(super) fn own(&self, phrases: &Phrases, number: usize, mine: &[usize]) -> Bytes {
        phrases.write(number, &self.states, mine).into()
    }

    pub(super) fn is_forgotten(&self) -> bool {
        matches!(*self.text(), Text::Forgotten)
    }

    /// Forgets the text for good.
    pub(super) fn forget(&self) {
        *self.text() = Text::Forgotten;
    }

    fn text(&self) -> MutexGuard<'_, Text> {
        // Replaced whole.
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
