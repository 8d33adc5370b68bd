use std::fmt::Write;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{PerformanceError, Section, SectionPlan};
use crate::Timestamp;
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::Fingerprint;
use crate::point::Amount;

/// One performance of a concert. It never changes once it is on the programme.
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
    /// How many seats it has, blocked ones included.
    pub total_seats: u32,
    /// The lowest price of a seat.
    pub price_from: Amount,
    /// The highest price of a seat.
    pub price_to: Amount,
}

impl Performance {
    /// Whether sales have opened.
    pub fn is_on_sale(&self, now: Timestamp) -> bool {
        self.opens_after(now).is_none()
    }

    /// The instant at which sales open, when they have not.
    pub fn opens_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.sales_open_at.filter(|opens| *opens > now)
    }

    /// Whether it has started, after which no seat can be held.
    pub fn has_started(&self, now: Timestamp) -> bool {
        self.starts_at <= now
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
    /// Whether a seat of it can be held now: on sale, not started, and one is free.
    pub fn is_bookable(&self) -> bool {
        self.performance.is_on_sale(self.as_of)
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
    /// Its sections.
    pub sections: Vec<SectionPlan>,
}

/// A performance that an operator adds, with its seats by section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerformance {
    /// The performance.
    pub performance: Performance,
    /// Its sections, by seat number, without overlap.
    pub sections: Vec<Section>,
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
        if plan.sales_open_at.is_some_and(|opens| opens >= plan.starts_at) {
            return Err(PerformanceError::SalesOpenTooLate);
        }
        let sections = Section::parse_all(plan.sections)?;
        let prices = || sections.iter().map(Section::price);
        let (Some(price_from), Some(price_to)) = (prices().min(), prices().max()) else {
            return Err(PerformanceError::NoSection);
        };
        let performance = Performance {
            id,
            concert_id,
            date: plan.starts_at.with_timezone(&timezone).date_naive(),
            starts_at: plan.starts_at,
            sales_open_at: plan.sales_open_at,
            total_seats: sections.iter().map(Section::seats).sum(),
            price_from,
            price_to,
        };
        Ok(Self { performance, sections })
    }

    /// What was asked for: all of it but the id. No name has a line break.
    pub fn fingerprint(&self) -> Fingerprint {
        let Performance { concert_id, starts_at, sales_open_at, .. } = &self.performance;
        let mut text = format!("performance {concert_id} {starts_at} {sales_open_at:?}");
        for section in &self.sections {
            let (first, last) = (section.first_seat(), section.last_seat());
            let _ = write!(text, "\n{first} {last} {} {}", section.price(), section.name().as_str());
        }
        Fingerprint::new(text)
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
            first_seat: 1,
            last_seat: 50,
            price: Amount::parse("120000").unwrap(),
        }];
        let plan = PerformancePlan {
            starts_at: at("2026-12-24T15:30:00Z"),
            sales_open_at: sales_open_at.map(at),
            sections,
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
    }
}
