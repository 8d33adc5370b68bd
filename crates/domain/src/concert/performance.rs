use std::fmt::Write;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::PerformanceError;
use crate::Timestamp;
use crate::audit::Reason;
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::Fingerprint;
use crate::point::Amount;
use crate::seat::SectionPrices;
use crate::seat::hall::{Hall, HallError, RowPlan, SectionName, SectionPlan, SectionSeats};

/// One performance of a concert. Its times and prices may change while it is on sale, and it may be cancelled; nothing
/// else changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performance {
    /// The performance's id.
    pub id: PerformanceId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The date on which it starts, in the venue's time zone.
    pub date: NaiveDate,
    /// The start.
    pub starts_at: Timestamp,
    /// The instant from which its seats can be held; `None` for at once.
    pub sales_open_at: Option<Timestamp>,
    /// The instant from which none can be held any more; `None` for its start.
    pub sales_close_at: Option<Timestamp>,
    /// The instant until which buyers may give seats back, before the start; `None` for never.
    pub refundable_until: Option<Timestamp>,
    /// How many seats it has, blocked ones included.
    pub total_seats: u32,
    /// The lowest price of a seat.
    pub price_from: Amount,
    /// The highest price of a seat.
    pub price_to: Amount,
    /// The prices of sections that have changed.
    pub section_prices: SectionPrices,
    /// Its cancellation, if it was cancelled.
    pub cancellation: Option<Cancellation>,
}

/// The end of a performance before its time. It is for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The instant, by the database's clock.
    pub at: Timestamp,
    /// The operator's reason.
    pub reason: Reason,
    /// The instant at which all who had paid were found refunded; `None` while that goes on.
    pub refunded_at: Option<Timestamp>,
}

impl Performance {
    /// Whether sales have opened, and not closed.
    pub fn is_on_sale(&self, now: Timestamp) -> bool {
        self.opens_after(now).is_none() && self.closed_at(now).is_none()
    }

    /// The instant at which sales open, when they have not.
    pub fn opens_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.sales_open_at.filter(|opens| *opens > now)
    }

    /// The instant at which sales closed, when they have.
    pub fn closed_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.sales_close_at.filter(|closes| *closes <= now)
    }

    /// Checks that its times are in order. What lies behind the start does no harm: the start ends everything.
    fn check_times(&self) -> Result<(), PerformanceError> {
        if self.sales_open_at.is_some_and(|opens| opens >= self.starts_at) {
            return Err(PerformanceError::SalesOpenTooLate);
        }
        match (self.sales_open_at, self.sales_close_at) {
            (Some(opens), Some(closes)) if closes <= opens => Err(PerformanceError::SalesCloseTooEarly),
            _ => Ok(()),
        }
    }

    /// The same performance after a change, on the date that its start has in the venue's time zone.
    ///
    /// # Errors
    /// [`PerformanceError`] when its times would not be in order, when it would be moved into the past, or was cancelled.
    pub fn changed(
        &self,
        change: &PerformanceChange,
        timezone: Tz,
        now: Timestamp,
    ) -> Result<Self, PerformanceError> {
        if self.is_cancelled() {
            return Err(PerformanceError::Cancelled);
        }
        let starts_at = change.starts_at.unwrap_or(self.starts_at);
        if starts_at != self.starts_at && starts_at <= now {
            return Err(PerformanceError::StartsInPast);
        }
        let changed = Self {
            date: starts_at.with_timezone(&timezone).date_naive(),
            starts_at,
            sales_open_at: change.sales_open_at.unwrap_or(self.sales_open_at),
            sales_close_at: change.sales_close_at.unwrap_or(self.sales_close_at),
            refundable_until: change.refundable_until.unwrap_or(self.refundable_until),
            ..self.clone()
        };
        changed.check_times()?;
        Ok(changed)
    }

    /// Whether it was cancelled.
    pub const fn is_cancelled(&self) -> bool {
        self.cancellation.is_some()
    }

    /// Whether buyers may give seats back: until the instant set for it, and before the start. Of a cancelled performance
    /// they may at any time.
    pub fn is_refundable(&self, now: Timestamp) -> bool {
        let in_time = self.refundable_until.is_some_and(|until| now < until) && !self.has_started(now);
        in_time || self.is_cancelled()
    }

    /// The same performance with another price of one section, where the hall has that. What is held or sold keeps its
    /// price.
    ///
    /// # Errors
    /// [`PerformanceError::SectionNotFound`], [`PerformanceError::Cancelled`], or [`PerformanceError::Price`] when it is beyond the highest allowed.
    pub fn with_price(
        &self,
        hall: &Hall,
        name: &SectionName,
        price: Amount,
    ) -> Result<Self, PerformanceError> {
        if self.is_cancelled() {
            return Err(PerformanceError::Cancelled);
        }
        if hall.section(name).is_none() {
            return Err(PerformanceError::SectionNotFound);
        }
        if price > crate::point::policy::MAX_PRICE {
            return Err(PerformanceError::Price);
        }
        let section_prices = self.section_prices.with(name, price);
        let (price_from, price_to) = section_prices.range(hall).unwrap_or((self.price_from, self.price_to));
        Ok(Self { price_from, price_to, section_prices, ..self.clone() })
    }

    /// Whether a seat of it can be held, now or once its sale opens: it is worth waiting for.
    pub fn can_still_be_booked(&self, now: Timestamp) -> bool {
        !self.has_started(now) && self.closed_at(now).is_none() && !self.is_cancelled()
    }

    /// Whether it has started, after which no seat can be held.
    pub fn has_started(&self, now: Timestamp) -> bool {
        self.starts_at <= now
    }
}

/// What an operator wants to change of a performance; `None` keeps a thing as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerformanceChange {
    /// The start.
    pub starts_at: Option<Timestamp>,
    /// The instant from which its seats can be held.
    pub sales_open_at: Option<Option<Timestamp>>,
    /// The instant from which none can be held any more.
    pub sales_close_at: Option<Option<Timestamp>>,
    /// The instant until which buyers may give seats back.
    pub refundable_until: Option<Option<Timestamp>>,
}

/// The performances of a concert that are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PerformanceFilter {
    /// Only those on this date, in the venue's time zone.
    pub date: Option<NaiveDate>,
    /// Only those that have not started.
    pub upcoming: bool,
}

/// A place in the list of a concert's performances: by start, and in the order of adding where several start together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PerformanceCursor {
    /// The start of the performance at this place.
    pub starts_at: Timestamp,
    /// Its id.
    pub id: PerformanceId,
}

impl PerformanceCursor {
    /// The place of this performance.
    pub const fn of(performance: &Performance) -> Self {
        Self { starts_at: performance.starts_at, id: performance.id }
    }
}

/// A performance and how many of its seats are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformanceAvailability {
    /// The performance.
    pub performance: Performance,
    /// How many of its seats are free.
    pub available_seats: u32,
    /// The database's time of the count.
    pub as_of: Timestamp,
}

impl PerformanceAvailability {
    /// A performance of which so many seats are nobody's. Of a cancelled one nothing can be had.
    pub const fn of(performance: Performance, unsold_seats: u32, as_of: Timestamp) -> Self {
        let available_seats = if performance.is_cancelled() { 0 } else { unsold_seats };
        Self { performance, available_seats, as_of }
    }

    /// Whether a seat of it can be held now: on sale, not cancelled or started, and one is free.
    pub fn is_bookable(&self) -> bool {
        self.performance.is_on_sale(self.as_of)
            && !self.performance.is_cancelled()
            && !self.performance.has_started(self.as_of)
            && self.available_seats > 0
    }
}

/// What an operator wrote about a performance, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformancePlan {
    /// The start.
    pub starts_at: Timestamp,
    /// The instant from which its seats can be held; `None` for at once.
    pub sales_open_at: Option<Timestamp>,
    /// The instant from which none can be held any more; `None` for its start.
    pub sales_close_at: Option<Timestamp>,
    /// The instant until which buyers may give seats back; `None` for never.
    pub refundable_until: Option<Timestamp>,
    /// Its sections.
    pub sections: Vec<SectionPlan>,
    /// The seats that can be reached without steps.
    pub accessible_seats: Vec<i64>,
    /// Whether it may have started already.
    pub allow_past: bool,
}

/// A performance that an operator adds, with its hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerformance {
    /// The performance.
    pub performance: Performance,
    /// Its hall.
    pub hall: Hall,
    /// What was asked for of the hall, a line for each section and row.
    pub asked: String,
    /// Whether it may have started already.
    pub allow_past: bool,
}

impl NewPerformance {
    /// Checks a plan. The date follows from the start and the venue's time zone.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the first rule that is broken.
    pub fn plan(
        id: PerformanceId,
        concert_id: ConcertId,
        timezone: Tz,
        plan: PerformancePlan,
    ) -> Result<Self, PerformanceError> {
        let asked = asked(&plan.sections, &plan.accessible_seats);
        let hall = Hall::plan(plan.sections, &plan.accessible_seats)?;
        let section_prices = SectionPrices::default();
        let (price_from, price_to) = section_prices.range(&hall).ok_or(HallError::NoSection)?;
        let performance = Performance {
            id,
            concert_id,
            date: plan.starts_at.with_timezone(&timezone).date_naive(),
            starts_at: plan.starts_at,
            sales_open_at: plan.sales_open_at,
            sales_close_at: plan.sales_close_at,
            refundable_until: plan.refundable_until,
            total_seats: hall.total_seats(),
            price_from,
            price_to,
            cancellation: None,
            section_prices,
        };
        performance.check_times()?;
        Ok(Self { performance, hall, asked, allow_past: plan.allow_past })
    }

    /// Decides whether it can be added at this instant. A start in the past is a slip of the pen, unless it was meant.
    ///
    /// # Errors
    /// [`PerformanceError::StartsInPast`].
    pub fn check_start(&self, now: Timestamp) -> Result<(), PerformanceError> {
        if self.performance.has_started(now) && !self.allow_past {
            return Err(PerformanceError::StartsInPast);
        }
        Ok(())
    }

    /// What was asked for: all of it but the id. No name has a line break.
    pub fn fingerprint(&self) -> Fingerprint {
        let Performance { concert_id, starts_at, sales_open_at, sales_close_at, refundable_until, .. } =
            &self.performance;
        let mut text = format!("performance {concert_id} {starts_at} {sales_open_at:?}");
        // What was not said then is not said now: records of keys outlive an upgrade.
        if sales_close_at.is_some() || refundable_until.is_some() {
            let _ = write!(text, " {sales_close_at:?} {refundable_until:?}");
        }
        if self.allow_past {
            text.push_str(" even in the past");
        }
        text.push_str(&self.asked);
        Fingerprint::new(text)
    }
}

/// What is asked for of a hall. The order in which sections and accessible seats are named says nothing, that of rows does.
fn asked(sections: &[SectionPlan], accessible_seats: &[i64]) -> String {
    let mut sections: Vec<_> = sections.iter().map(asked_section).collect();
    sections.sort_unstable();
    let mut text = sections.into_iter().map(|(_, text)| text).collect::<String>();
    if !accessible_seats.is_empty() {
        let mut seats = accessible_seats.to_vec();
        seats.sort_unstable();
        let _ = write!(text, "\naccessible {seats:?}");
    }
    text
}

/// The first seat of a section, and what is asked for of it.
fn asked_section(section: &SectionPlan) -> (u32, String) {
    let SectionPlan { name, seats, price } = section;
    match seats {
        SectionSeats::Range { first_seat, last_seat } => {
            (*first_seat, format!("\n{first_seat} {last_seat} {price} {name}", name = name.as_str()))
        }
        SectionSeats::Rows(rows) => {
            let mut text = format!("\nrows {price} {name}", name = name.as_str());
            for RowPlan { label, first_seat, last_seat, x, y, dx, dy } in rows {
                let label = label.as_str();
                let _ = write!(text, "\n{first_seat} {last_seat} {x:?} {y:?} {dx:?} {dy:?} {label}");
            }
            (rows.iter().map(|row| row.first_seat).min().unwrap_or_default(), text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn plan(sales_open_at: Option<&str>) -> Result<NewPerformance, PerformanceError> {
        let sections = vec![SectionPlan {
            name: crate::text::Text::parse("Floor").unwrap(),
            seats: SectionSeats::Range { first_seat: 1, last_seat: 50 },
            price: Amount::parse("120000").unwrap(),
        }];
        let plan = PerformancePlan {
            starts_at: at("2026-12-24T15:30:00Z"),
            sales_open_at: sales_open_at.map(at),
            sales_close_at: None,
            refundable_until: None,
            sections,
            accessible_seats: Vec::new(),
            allow_past: false,
        };
        let (id, concert) = (PerformanceId::new(Uuid::nil()), ConcertId::new(Uuid::nil()));
        NewPerformance::plan(id, concert, Tz::Asia__Seoul, plan)
    }

    #[test]
    fn the_date_is_the_venues() {
        assert_eq!(plan(None).unwrap().performance.date, NaiveDate::from_ymd_opt(2026, 12, 25).unwrap());
    }

    #[test]
    fn sales_open_before_the_start() {
        assert_eq!(plan(Some("2026-12-24T15:30:00Z")), Err(PerformanceError::SalesOpenTooLate));
        assert!(plan(Some("2026-12-24T15:29:59Z")).is_ok());
    }

    #[test]
    fn sales_close_after_they_open() {
        let mut performance = plan(Some("2026-12-01T00:00:00Z")).unwrap().performance;
        let (opens, after) = (at("2026-12-01T00:00:00Z"), at("2026-12-01T00:00:01Z"));
        performance.sales_close_at = Some(opens);
        assert_eq!(performance.check_times(), Err(PerformanceError::SalesCloseTooEarly));
        performance.sales_close_at = Some(after);
        assert_eq!(performance.check_times(), Ok(()));
        assert!(performance.is_on_sale(opens));
        assert!(!performance.is_on_sale(after), "closed at that very instant");
        assert_eq!(performance.closed_at(after), Some(after));
    }

    #[test]
    fn it_can_still_be_booked_until_its_sale_closes_it_starts_or_is_cancelled() {
        let mut performance = plan(Some("2026-12-01T00:00:00Z")).unwrap().performance;
        let (opens, starts) = (at("2026-12-01T00:00:00Z"), performance.starts_at);
        let second = chrono::TimeDelta::seconds(1);
        assert!(performance.can_still_be_booked(opens - second), "once its sale opens");
        assert!(performance.can_still_be_booked(starts - second) && !performance.can_still_be_booked(starts));
        performance.sales_close_at = Some(opens + second);
        assert!(performance.can_still_be_booked(opens) && !performance.can_still_be_booked(opens + second));
        let reason = Reason::parse("The singer is ill").unwrap();
        performance.cancellation = Some(Cancellation { at: opens, reason, refunded_at: None });
        assert!(!performance.can_still_be_booked(opens));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let before = plan(Some("2026-12-01T00:00:00Z")).unwrap().performance;
        let now = at("2026-12-02T00:00:00Z");
        let changed = |change| before.changed(&change, Tz::Asia__Seoul, now);
        assert_eq!(changed(PerformanceChange::default()).as_ref(), Ok(&before));
        let closes = Some(at("2026-12-03T00:00:00Z"));
        let moved = changed(PerformanceChange {
            starts_at: Some(at("2026-12-31T14:59:59Z")),
            sales_open_at: Some(None),
            sales_close_at: Some(closes),
            refundable_until: Some(closes),
        });
        let expected = Performance {
            starts_at: at("2026-12-31T14:59:59Z"),
            date: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
            sales_open_at: None,
            sales_close_at: closes,
            refundable_until: closes,
            ..before.clone()
        };
        assert_eq!(moved, Ok(expected));
    }

    #[test]
    fn a_change_keeps_times_in_order_and_out_of_the_past() {
        let before = plan(Some("2026-12-01T00:00:00Z")).unwrap().performance;
        let changed = |change, now| before.changed(&change, Tz::Asia__Seoul, at(now)).map(|_| ());
        let start = |starts_at| PerformanceChange { starts_at: Some(at(starts_at)), ..Default::default() };
        let now = "2026-12-02T00:00:00Z";
        assert_eq!(changed(start("2026-12-01T00:00:00Z"), now), Err(PerformanceError::StartsInPast));
        assert_eq!(changed(start(now), now), Err(PerformanceError::StartsInPast));
        assert_eq!(
            changed(start("2026-12-01T00:00:00Z"), "2026-11-01T00:00:00Z"),
            Err(PerformanceError::SalesOpenTooLate)
        );
        let late = "2026-12-25T00:00:00Z";
        assert_eq!(changed(PerformanceChange::default(), late), Ok(()), "it has started, and stays so");
        let closed = PerformanceChange {
            sales_close_at: Some(Some(at("2026-11-30T00:00:00Z"))),
            ..PerformanceChange::default()
        };
        assert_eq!(changed(closed, now), Err(PerformanceError::SalesCloseTooEarly));
    }

    #[test]
    fn a_start_in_the_past_must_be_meant() {
        let (start, before) = (at("2026-12-24T15:30:00Z"), at("2026-12-24T15:29:59.999999Z"));
        let new = plan(None).unwrap();
        assert_eq!(new.check_start(before), Ok(()));
        assert_eq!(new.check_start(start), Err(PerformanceError::StartsInPast));
        assert_eq!(NewPerformance { allow_past: true, ..new }.check_start(start), Ok(()));
    }

    #[test]
    fn what_was_asked_for_is_told_by_all_that_was_said_and_not_by_its_order() {
        let new = plan(None).unwrap();
        let meant = NewPerformance { allow_past: true, ..new.clone() };
        assert_ne!(meant.fingerprint(), new.fingerprint());
        assert_eq!(asked(&[], &[3, 1, 2]), asked(&[], &[1, 2, 3]));
        assert_ne!(asked(&[], &[1, 2]), asked(&[], &[1, 2, 3]));
    }

    #[test]
    fn bookable_means_on_sale_not_started_and_a_free_seat() {
        let performance = plan(Some("2026-12-01T00:00:00Z")).unwrap().performance;
        let bookable = |as_of, available_seats| {
            PerformanceAvailability { performance: performance.clone(), available_seats, as_of: at(as_of) }
                .is_bookable()
        };
        assert!(bookable("2026-12-01T00:00:00Z", 1));
        assert!(!bookable("2026-12-01T00:00:00Z", 0));
        assert!(!bookable("2026-11-30T23:59:59Z", 1));
        assert!(!bookable("2026-12-24T15:30:00Z", 1));
        let cancelled = Performance { cancellation: Some(cancellation()), ..performance };
        let on_sale = at("2026-12-01T00:00:00Z");
        let of_cancelled = PerformanceAvailability::of(cancelled.clone(), 9, on_sale);
        assert_eq!((of_cancelled.available_seats, of_cancelled.is_bookable()), (0, false));
        assert!(!PerformanceAvailability { available_seats: 9, ..of_cancelled }.is_bookable());
        let (change, now) = (PerformanceChange::default(), on_sale);
        assert_eq!(cancelled.changed(&change, Tz::Asia__Seoul, now), Err(PerformanceError::Cancelled));
    }

    fn cancellation() -> Cancellation {
        let reason = crate::text::Text::parse("The hall is closed").unwrap();
        Cancellation { at: at("2026-11-30T00:00:00Z"), reason, refunded_at: None }
    }

    #[test]
    fn seats_are_given_back_in_time_and_of_a_cancelled_performance_always() {
        let mut performance = plan(None).unwrap().performance;
        let start = performance.starts_at;
        let moment = chrono::TimeDelta::microseconds(1);
        assert!(!performance.is_refundable(start - moment), "never, unless it is said until when");
        performance.refundable_until = Some(at("2026-12-17T00:00:00Z"));
        assert!(performance.is_refundable(at("2026-12-16T23:59:59Z")));
        assert!(!performance.is_refundable(at("2026-12-17T00:00:00Z")), "not at that very instant");
        performance.refundable_until = Some(start + moment);
        assert!(performance.is_refundable(start - moment));
        assert!(!performance.is_refundable(start), "it has begun");
        performance.cancellation = Some(cancellation());
        assert!(performance.is_refundable(start));
    }
}
