use chrono::{DurationRound, TimeDelta};
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, NewPerformance, Performance, PerformancePlan, SectionPlan};
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use seatline_domain::text::Text;

use super::Setup;

/// A performance to be added.
#[must_use]
pub struct PerformanceBuilder<'p, 'c> {
    setup: Setup<'p>,
    concert: &'c Concert,
    start: Start,
    sales_open_in: Option<TimeDelta>,
    seats: u32,
    price: Amount,
    sections: Vec<SectionPlan>,
}

#[derive(Clone, Copy)]
enum Start {
    In(TimeDelta),
    At(Timestamp),
}

impl<'p, 'c> PerformanceBuilder<'p, 'c> {
    pub(super) fn new(setup: Setup<'p>, concert: &'c Concert) -> Self {
        Self {
            setup,
            concert,
            start: Start::In(TimeDelta::days(30)),
            sales_open_in: None,
            seats: 10,
            price: Amount::whole(100),
            sections: Vec::new(),
        }
    }

    /// How many seats it has, from number 1, when no section is named.
    pub fn seats(self, seats: u32) -> Self {
        Self { seats, ..self }
    }

    /// The price of each of them.
    pub fn price(self, price: &str) -> Self {
        Self { price: Amount::parse(price).unwrap(), ..self }
    }

    /// A section of these seats.
    pub fn section(mut self, name: &str, first_seat: u32, last_seat: u32, price: &str) -> Self {
        let (name, price) = (Text::parse(name).unwrap(), Amount::parse(price).unwrap());
        self.sections.push(SectionPlan { name, first_seat, last_seat, price });
        self
    }

    /// The time until it starts; negative when it has started.
    pub fn starts_in(self, from_now: TimeDelta) -> Self {
        Self { start: Start::In(from_now), ..self }
    }

    /// The instant at which it starts.
    pub fn starts_at(self, text: &str) -> Self {
        Self { start: Start::At(text.parse().unwrap()), ..self }
    }

    /// The time until its sales open.
    pub fn sales_open_in(self, from_now: TimeDelta) -> Self {
        Self { sales_open_in: Some(from_now), ..self }
    }

    /// The performance with its seats, not added.
    pub async fn build(self) -> NewPerformance {
        let now = self.setup.now().await.duration_trunc(TimeDelta::seconds(1)).unwrap();
        let general = SectionPlan {
            name: Text::parse("General").unwrap(),
            first_seat: 1,
            last_seat: self.seats,
            price: self.price,
        };
        let plan = PerformancePlan {
            starts_at: match self.start {
                Start::In(from_now) => now + from_now,
                Start::At(instant) => instant,
            },
            sales_open_at: self.sales_open_in.map(|from_now| now + from_now),
            sections: if self.sections.is_empty() { vec![general] } else { self.sections },
        };
        let id = PerformanceId::new(self.setup.id());
        NewPerformance::plan(id, self.concert.id, self.concert.timezone, plan).unwrap()
    }

    /// Adds it.
    pub async fn add(self) -> Performance {
        let setup = self.setup;
        let new = self.build().await;
        let performance = new.performance.clone();
        setup.ports.editor.add_performance(new, setup.stamp()).await.unwrap();
        performance
    }
}
