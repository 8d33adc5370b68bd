use std::cmp::Reverse;

use chrono::NaiveDate;

use super::{Performance, PerformanceAvailability};
use crate::Timestamp;
use crate::id::PerformanceId;

/// The performances of a concert on a date, for somebody who names the date instead of one of them.
///
/// Only those that can be booked count. Where none can, the one that comes nearest to it answers for the date: one that
/// is on sale but full, else the one whose sales open next, else one whose sales have closed, else the one that started last,
/// else one that was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateChoice {
    date: NaiveDate,
    performances: Vec<PerformanceId>,
    chosen: Performance,
    bookable: Vec<(PerformanceId, Timestamp)>,
}

impl DateChoice {
    /// The only performance on its date. It need not be known whether it can be booked.
    pub fn only(performance: Performance) -> Self {
        Self {
            date: performance.date,
            performances: vec![performance.id],
            bookable: Vec::new(),
            chosen: performance,
        }
    }

    /// Chooses among the performances on a date. `None` when there is none.
    pub fn among(performances: Vec<PerformanceAvailability>) -> Option<Self> {
        let ids = performances.iter().map(|one| one.performance.id).collect();
        let bookable = performances.iter().filter(|one| one.is_bookable());
        let bookable = bookable.map(|one| (one.performance.id, one.performance.starts_at)).collect();
        let chosen = performances.into_iter().min_by_key(distance)?.performance;
        Some(Self { date: chosen.date, performances: ids, chosen, bookable })
    }

    /// The date.
    pub const fn date(&self) -> NaiveDate {
        self.date
    }

    /// The performance that the date stands for.
    pub const fn chosen(&self) -> &Performance {
        &self.chosen
    }

    /// Whether a performance is on the date.
    pub fn includes(&self, id: PerformanceId) -> bool {
        self.performances.contains(&id)
    }

    /// The performances that can be booked, with their starts, when they are several: then the date stands for none.
    pub fn ambiguous(&self) -> Option<&[(PerformanceId, Timestamp)]> {
        (self.bookable.len() > 1).then_some(&self.bookable)
    }
}

/// How far a performance is from being booked, and in which order those of the same kind answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Bookable(Timestamp),
    Full(Timestamp),
    NotOpen(Timestamp),
    Closed(Timestamp),
    Started(Reverse<Timestamp>),
    Cancelled(Timestamp),
}

fn distance(one: &PerformanceAvailability) -> Distance {
    let performance = &one.performance;
    if performance.is_cancelled() {
        Distance::Cancelled(performance.starts_at)
    } else if performance.has_started(one.as_of) {
        Distance::Started(Reverse(performance.starts_at))
    } else if let Some(opens_at) = performance.opens_after(one.as_of) {
        Distance::NotOpen(opens_at)
    } else if performance.closed_at(one.as_of).is_some() {
        Distance::Closed(performance.starts_at)
    } else if one.is_bookable() {
        Distance::Bookable(performance.starts_at)
    } else {
        Distance::Full(performance.starts_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConcertId;
    use crate::point::Amount;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn noon() -> Timestamp {
        "2026-12-24T12:00:00Z".parse().unwrap()
    }

    /// A performance that starts, and whose sales open, so many hours from noon, with so many free seats.
    fn on_date(n: u128, starts: i64, opens: i64, available_seats: u32) -> PerformanceAvailability {
        let performance = Performance {
            id: PerformanceId::new(Uuid::from_u128(n)),
            concert_id: ConcertId::new(Uuid::nil()),
            date: noon().date_naive(),
            starts_at: noon() + TimeDelta::hours(starts),
            sales_open_at: Some(noon() + TimeDelta::hours(opens)),
            sales_close_at: None,
            refundable_until: None,
            total_seats: 9,
            price_from: Amount::whole(1),
            price_to: Amount::whole(1),
            cancellation: None,
            section_prices: crate::seat::SectionPrices::default(),
        };
        PerformanceAvailability { performance, available_seats, as_of: noon() }
    }

    #[track_caller]
    fn assert_chosen(performances: Vec<PerformanceAvailability>, n: u128) {
        for order in [performances.clone(), performances.into_iter().rev().collect()] {
            let choice = DateChoice::among(order).unwrap();
            assert_eq!(choice.ambiguous(), None);
            assert_eq!(choice.chosen().id, PerformanceId::new(Uuid::from_u128(n)));
        }
    }

    #[test]
    fn only_what_can_be_booked_counts() {
        let bookable = on_date(1, 8, -9, 1);
        for other in [on_date(2, -1, -9, 9), on_date(2, 0, -9, 9), on_date(2, 5, -9, 0), on_date(2, 5, 1, 9)]
        {
            assert_chosen(vec![bookable.clone(), other], 1);
        }
    }

    #[test]
    fn several_that_can_be_booked_are_ambiguous() {
        let choice =
            DateChoice::among(vec![on_date(3, -1, -9, 9), on_date(1, 2, -9, 1), on_date(2, 8, -9, 7)])
                .unwrap();
        let starts = |n, hours| (PerformanceId::new(Uuid::from_u128(n)), noon() + TimeDelta::hours(hours));
        assert_eq!(choice.ambiguous(), Some(&[starts(1, 2), starts(2, 8)][..]));
        assert!((1..=3).all(|n| choice.includes(PerformanceId::new(Uuid::from_u128(n)))));
        assert!(!choice.includes(PerformanceId::new(Uuid::nil())));
    }

    #[test]
    fn where_none_can_be_booked_the_nearest_answers() {
        let (started_first, started_last) = (on_date(1, -3, -9, 9), on_date(2, -1, -9, 9));
        let (opens_next, opens_later) = (on_date(3, 9, 1, 9), on_date(4, 8, 2, 9));
        let (full, full_later) = (on_date(5, 5, -9, 0), on_date(6, 6, -9, 0));
        assert_chosen(vec![started_first.clone(), started_last.clone()], 2);
        assert_chosen(vec![started_last.clone(), opens_later.clone(), opens_next.clone()], 3);
        assert_chosen(vec![opens_next, full_later, full, started_last], 5);
        assert_eq!(DateChoice::among(Vec::new()), None);
    }

    #[test]
    fn the_only_one_answers_whatever_it_is() {
        let only = on_date(1, -3, -9, 0).performance;
        assert_eq!(DateChoice::only(only.clone()).chosen(), &only);
        assert_eq!(DateChoice::only(only).ambiguous(), None);
    }
}
