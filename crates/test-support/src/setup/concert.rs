use chrono::TimeDelta;
use chrono_tz::Tz;
use seatline_domain::concert::{Concert, NewConcert, SeatLimit};
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{AdmitRate, Capacity, RoomSettings};
use seatline_domain::text::Text;

use super::Setup;

/// A concert to be added.
#[must_use]
pub struct ConcertBuilder<'p> {
    setup: Setup<'p>,
    title: &'static str,
    timezone: Tz,
    seats_per_user: u32,
    capacity: u32,
    admit_per_minute: Option<u32>,
    pass_ttl: TimeDelta,
    show_up_within: TimeDelta,
}

impl<'p> ConcertBuilder<'p> {
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
        }
    }

    /// Its title.
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

    /// The concert with its waiting room, not added.
    pub fn build(self) -> NewConcert {
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

    /// Adds it.
    pub async fn add(self) -> Concert {
        let setup = self.setup;
        let new = self.build();
        let concert = new.concert.clone();
        setup.ports.editor.add_concert(new, setup.stamp()).await.unwrap();
        concert
    }
}
