use chrono::{DurationRound, TimeDelta};
use chrono_tz::Tz;
use seatline_domain::Timestamp;
use seatline_domain::concert::{
    Concert, NewConcert, NewPerformance, Performance, PerformancePlan, SeatLimit,
};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::point::Amount;
use seatline_domain::queue::{AdmitRate, Capacity, RoomSettings};
use seatline_domain::seat::hall::{SectionPlan, SectionSeats};
use seatline_domain::text::Text;

use super::Setup;

/// A sale to be set up: a concert with its waiting room, and a performance. 10 seats at 100 points, one a user, in a
/// month, for 100 active people together, unless said otherwise.
#[must_use]
#[derive(Clone)]
pub struct SaleBuilder<'p> {
    setup: Setup<'p>,
    title: &'static str,
    timezone: Tz,
    seats_per_user: u32,
    capacity: u32,
    admit_per_minute: Option<u32>,
    pass_ttl: TimeDelta,
    show_up_within: TimeDelta,
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

impl<'p> SaleBuilder<'p> {
    pub(super) fn new(setup: Setup<'p>) -> Self {
        Self {
            setup,
            title: "A Night at the Opera",
            timezone: Tz::Asia__Seoul,
            seats_per_user: 1,
            capacity: 100,
            admit_per_minute: None,
            pass_ttl: TimeDelta::minutes(10),
            show_up_within: TimeDelta::minutes(2),
            start: Start::In(TimeDelta::days(30)),
            sales_open_in: None,
            seats: 10,
            price: Amount::whole(100),
            sections: Vec::new(),
        }
    }

    /// The concert's title.
    pub fn title(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    /// The venue's time zone.
    pub fn timezone(self, timezone: Tz) -> Self {
        Self { timezone, ..self }
    }

    /// The most seats one user may have.
    pub fn seats_per_user(self, seats_per_user: u32) -> Self {
        Self { seats_per_user, ..self }
    }

    /// How many people may be active together.
    pub fn capacity(self, capacity: u32) -> Self {
        Self { capacity, ..self }
    }

    /// How many people are admitted a minute.
    pub fn admit_per_minute(self, people: u32) -> Self {
        Self { admit_per_minute: Some(people), ..self }
    }

    /// How long a pass lives.
    pub fn pass_ttl(self, pass_ttl: TimeDelta) -> Self {
        Self { pass_ttl, ..self }
    }

    /// How long people have to show up.
    pub fn show_up_within(self, show_up_within: TimeDelta) -> Self {
        Self { show_up_within, ..self }
    }

    /// How many seats the performance has, from number 1, when no section is named.
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
        self.sections.push(SectionPlan { name, seats: SectionSeats::Range { first_seat, last_seat }, price });
        self
    }

    /// The time until the performance starts; negative when it has started.
    pub fn starts_in(self, from_now: TimeDelta) -> Self {
        Self { start: Start::In(from_now), ..self }
    }

    /// The instant at which the performance starts.
    pub fn starts_at(self, text: &str) -> Self {
        Self { start: Start::At(text.parse().unwrap()), ..self }
    }

    /// The time until its sales open.
    pub fn sales_open_in(self, from_now: TimeDelta) -> Self {
        Self { sales_open_in: Some(from_now), ..self }
    }

    /// Adds the concert and its performance.
    pub async fn open(self) -> (Concert, Performance) {
        let concert = self.clone().add_concert().await;
        let performance = self.add_performance(&concert).await;
        (concert, performance)
    }

    /// Adds the concert alone.
    pub async fn add_concert(self) -> Concert {
        let new = self.new_concert();
        let concert = new.concert.clone();
        self.setup.ports.editor.add_concert(new, self.setup.stamp(), None).await.unwrap();
        concert
    }

    /// Adds the performance to a concert that is there.
    pub async fn add_performance(self, concert: &Concert) -> Performance {
        let setup = self.setup;
        let new = self.new_performance(concert).await;
        let performance = new.performance.clone();
        setup.ports.editor.add_performance(new, setup.stamp(), None).await.unwrap();
        performance
    }

    /// The concert with its waiting room, not added.
    pub fn new_concert(&self) -> NewConcert {
        let rate = self.admit_per_minute.map(|people| AdmitRate::parse(people).unwrap());
        let capacity = Capacity::parse(self.capacity).unwrap();
        let concert = Concert {
            id: ConcertId::new(self.setup.id()),
            title: Text::parse(self.title).unwrap(),
            venue: Text::parse("The Old Hall").unwrap(),
            timezone: self.timezone,
            max_seats_per_user: SeatLimit::parse(self.seats_per_user).unwrap(),
        };
        let queue = RoomSettings::new(capacity, rate, self.pass_ttl, self.show_up_within).unwrap();
        NewConcert { concert, queue }
    }

    /// The performance with its seats, not added.
    pub async fn new_performance(self, concert: &Concert) -> NewPerformance {
        let now = self.setup.now().await.duration_trunc(TimeDelta::seconds(1)).unwrap();
        let general = SectionPlan {
            name: Text::parse("General").unwrap(),
            seats: SectionSeats::Range { first_seat: 1, last_seat: self.seats },
            price: self.price,
        };
        let plan = PerformancePlan {
            starts_at: match self.start {
                Start::In(from_now) => now + from_now,
                Start::At(instant) => instant,
            },
            sales_open_at: self.sales_open_in.map(|from_now| now + from_now),
            sales_close_at: None,
            refundable_until: None,
            sections: if self.sections.is_empty() { vec![general] } else { self.sections },
            accessible_seats: Vec::new(),
            allow_past: true,
        };
        let id = PerformanceId::new(self.setup.id());
        NewPerformance::plan(id, concert.id, concert.timezone, plan).unwrap()
    }
}
