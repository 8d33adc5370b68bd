//! The promises of Seatline, checked from outside while people use it, and once more in the end.

mod answers;
mod board;
mod bookkeeping;
mod promise;
mod queue;
mod sales;
mod sold_seats;
mod verdicts;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use answers::compare_answers;
pub(crate) use board::{
    BoardPosition, PolledPosition, check_board_after_poll, check_next_board, check_poll_after_board,
};
pub(crate) use bookkeeping::{Bookkeeping, Buyer, Tally, check_price, check_refund};
pub(crate) use promise::Promise;
pub(crate) use queue::{Observation, QueueOrder, check_number_kept, check_position};
pub(crate) use sales::{SalesFigures, compare_sales};
pub(crate) use sold_seats::{SeatKey, SoldSeats};
pub(crate) use verdicts::{Verdict, Verdicts};

/// Everything that people were told, and the verdicts on it.
pub(crate) struct Promises {
    tolerance: Duration,
    queue: Mutex<QueueOrder>,
    sold_seats: Mutex<SoldSeats>,
    bookkeeping: Mutex<Bookkeeping>,
    verdicts: Mutex<Verdicts>,
}

impl Promises {
    /// Nothing told, nothing checked.
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self {
            tolerance,
            queue: Mutex::new(QueueOrder::new(tolerance)),
            sold_seats: Mutex::default(),
            bookkeeping: Mutex::default(),
            verdicts: Mutex::default(),
        }
    }

    /// Notes one check of a promise, and the violation that it found.
    pub(crate) fn note(&self, promise: Promise, violation: Option<String>) {
        lock(&self.verdicts).note(promise, violation);
    }

    /// How much later than they should be people may be told of something.
    pub(crate) const fn tolerance(&self) -> Duration {
        self.tolerance
    }

    pub(crate) fn queue(&self) -> MutexGuard<'_, QueueOrder> {
        lock(&self.queue)
    }

    pub(crate) fn sold_seats(&self) -> MutexGuard<'_, SoldSeats> {
        lock(&self.sold_seats)
    }

    pub(crate) fn bookkeeping(&self) -> MutexGuard<'_, Bookkeeping> {
        lock(&self.bookkeeping)
    }

    pub(crate) fn verdicts(&self) -> MutexGuard<'_, Verdicts> {
        lock(&self.verdicts)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
