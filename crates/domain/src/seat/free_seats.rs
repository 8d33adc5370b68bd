use super::{SeatMap, SeatNumber, SeatState};

/// Which seats of a map are free, a bit each: looking one up takes a step, and making it one for each seat that is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreeSeats {
    /// The seats that are not free, 64 in a word.
    taken: Vec<u64>,
}

impl FreeSeats {
    /// What is free on a map.
    pub fn of(map: &SeatMap) -> Self {
        let mut free = Self::default();
        let taken = map.taken.iter().filter(|(_, state)| state.at(map.as_of) != SeatState::Available);
        taken.for_each(|(number, _)| free.take(*number));
        free
    }

    /// Whether a seat is free, if there is one with this number.
    pub fn contains(&self, number: SeatNumber) -> bool {
        let (word, bit) = place(number);
        self.taken.get(word).is_none_or(|taken| taken & bit == 0)
    }

    fn take(&mut self, number: SeatNumber) {
        let (word, bit) = place(number);
        if self.taken.len() <= word {
            self.taken.resize(word + 1, 0);
        }
        if let Some(taken) = self.taken.get_mut(word) {
            *taken |= bit;
        }
    }
}

/// The word and the bit of a seat.
fn place(number: SeatNumber) -> (usize, u64) {
    let word = usize::try_from(number.get() / u64::BITS).unwrap_or(usize::MAX);
    (word, 1 << (number.get() % u64::BITS))
}
