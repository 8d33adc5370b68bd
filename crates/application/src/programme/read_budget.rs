use seatline_domain::concert::{PerformanceAvailability, policy};

/// What may still be read of a programme for one request.
pub(crate) struct ReadBudget {
    reads: usize,
    seats: u32,
}

impl ReadBudget {
    /// So many reads, and as many seats counted as for one page.
    pub(crate) const fn of_reads(reads: usize) -> Self {
        Self { reads, seats: policy::MAX_SEATS_COUNTED }
    }

    /// Takes off one read, of these performances.
    pub(crate) fn spend(&mut self, read: &[PerformanceAvailability]) {
        self.reads = self.reads.saturating_sub(1);
        for one in read {
            self.seats = self.seats.saturating_sub(one.performance.total_seats);
        }
    }

    /// Whether nothing more may be read.
    pub(crate) const fn is_spent(&self) -> bool {
        self.reads == 0 || self.seats == 0
    }
}
