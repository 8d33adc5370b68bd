//! What Seatline promises, checked from outside while people do what they do, and once more when they are done.

mod answers;
mod books;
mod line;
mod promise;
mod sales;
mod seats;
mod verdicts;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use answers::differ;
pub(crate) use books::{Books, Buyer, Tally, charged_right};
pub(crate) use line::{Line, Told, kept, risen};
pub(crate) use promise::Promise;
pub(crate) use sales::{Sold, compare};
pub(crate) use seats::{Place, Seats};
pub(crate) use verdicts::{Verdict, Verdicts};

/// Everything that was seen, and whether it was as promised.
pub(crate) struct Promises {
    line: Mutex<Line>,
    seats: Mutex<Seats>,
    books: Mutex<Books>,
    verdicts: Mutex<Verdicts>,
}

impl Promises {
    /// Nothing was seen yet.
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self {
            line: Mutex::new(Line::new(tolerance)),
            seats: Mutex::default(),
            books: Mutex::default(),
            verdicts: Mutex::default(),
        }
    }

    /// Notes that somebody looked whether a promise was kept, and what speaks against it.
    pub(crate) fn note(&self, promise: Promise, broken: Option<String>) {
        open(&self.verdicts).note(promise, broken);
    }

    pub(crate) fn line(&self) -> MutexGuard<'_, Line> {
        open(&self.line)
    }

    pub(crate) fn seats(&self) -> MutexGuard<'_, Seats> {
        open(&self.seats)
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        open(&self.books)
    }

    pub(crate) fn verdicts(&self) -> MutexGuard<'_, Verdicts> {
        open(&self.verdicts)
    }
}

fn open<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
