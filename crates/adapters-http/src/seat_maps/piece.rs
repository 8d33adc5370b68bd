use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use super::phrases::{ContentDigest, Phrases, StateByte};

/// Successive seats of a map with their states: what is written of them at a time. Successive maps share those in which
/// nothing has changed.
pub(super) struct Piece {
    states: Box<[StateByte]>,
    digest: ContentDigest,
    bytes: usize,
    text: Mutex<Text>,
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
