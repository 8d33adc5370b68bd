use std::sync::{Arc, LazyLock};

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, Performance, SeatLimit, policy};
use seatline_domain::id::{ConcertId, PerformanceId, UserId};
use seatline_domain::point::{Amount, Wallet};
use seatline_domain::queue::{Capacity, Number, Room, RoomSettings};
use seatline_domain::seat::hall::{Hall, SectionName, SectionPlan, SectionSeats};
use seatline_domain::seat::{SeatKey, SeatNumber, SeatState, SectionPrices};
use seatline_domain::text::Text;
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

pub(crate) const CONCERTS: u8 = 2;
pub(crate) const PERFORMANCES: u8 = 2;
pub(crate) const SEATS: u8 = 5;
pub(crate) const USERS: u8 = 5;
pub(crate) const HOLD_TTL: TimeDelta = TimeDelta::minutes(5);

/// Everything that is stored, what time it is, and what happened so far.
pub(crate) struct World {
    pub(crate) set: WorkingSet,
    pub(crate) now: Timestamp,
    ids: u128,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut set = WorkingSet::default();
        for concert in 0..CONCERTS {
            let capacity = Capacity::parse(u32::from(concert) + 2).unwrap();
            let minutes = TimeDelta::minutes;
            let settings = RoomSettings::new(capacity, None, minutes(10), minutes(2)).unwrap();
            let id = concert_id(concert);
            set.concerts.load(id, concert_of(id));
            set.rooms.load(id, Room::open(id, settings));
            set.passes.load_active(id, 0);
            set.passes.load_queue_head(id, Number::MAX);
            set.passes.load_line_end(id, Number::MAX);
            for performance in 0..PERFORMANCES {
                let performance = performance_of(concert, performance);
                add_seats(&mut set, &performance);
                set.performances.load(performance.id, performance);
            }
        }
        for user in 0..USERS {
            set.wallets.load(user_id(user), Wallet::empty(user_id(user)));
        }
        Self { set, now: "2026-11-21T12:00:00Z".parse().unwrap(), ids: 1_000 }
    }

    /// A new id.
    pub(crate) fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }
}

pub(crate) fn section_name() -> SectionName {
    Text::parse("Floor").unwrap()
}

/// The hall of every performance.
pub(crate) fn hall() -> Arc<Hall> {
    static HALL: LazyLock<Arc<Hall>> = LazyLock::new(|| Arc::new(plan_hall()));
    HALL.clone()
}

fn plan_hall() -> Hall {
    let plan = SectionPlan {
        name: section_name(),
        seats: SectionSeats::Range { first_seat: 1, last_seat: SEATS.into() },
        price: Amount::parse("40.5").unwrap(),
    };
    Hall::plan(vec![plan], &[]).unwrap()
}

fn add_seats(set: &mut WorkingSet, performance: &Performance) {
    for seat in hall().free_seats(performance.id) {
        set.seats.load(seat.key, seat);
    }
    let last = SeatKey { performance_id: performance.id, number: SeatNumber::parse(SEATS.into()).unwrap() };
    set.seats.get_mut(&last).unwrap().state = SeatState::Blocked;
}

pub(crate) fn concert_id(concert: u8) -> ConcertId {
    ConcertId::new(Uuid::from_u128(u128::from(concert) + 1))
}

pub(crate) fn user_id(user: u8) -> UserId {
    UserId::new(Uuid::from_u128(u128::from(user) + 101))
}

/// How many seats of any concert a user may have.
pub(crate) fn seat_limit() -> SeatLimit {
    SeatLimit::parse(3).unwrap()
}

fn concert_of(id: ConcertId) -> Concert {
    Concert {
        id,
        title: Text::parse("Winter Gala").unwrap(),
        venue: Text::parse("Grand Hall").unwrap(),
        timezone: policy::DEFAULT_TIMEZONE,
        max_seats_per_user: seat_limit(),
    }
}

pub(crate) fn performance_of(concert: u8, performance: u8) -> Performance {
    let starts_at = "2026-12-24T19:00:00Z".parse().unwrap();
    Performance {
        id: PerformanceId::new(Uuid::from_u128(u128::from(concert * PERFORMANCES + performance) + 201)),
        concert_id: concert_id(concert),
        date: chrono::NaiveDate::from_ymd_opt(2026, 12, 25).unwrap(),
        starts_at,
        sales_open_at: None,
        sales_close_at: None,
        refundable_until: None,
        total_seats: SEATS.into(),
        price_from: Amount::parse("40.5").unwrap(),
        price_to: Amount::parse("40.5").unwrap(),
        cancellation: None,
        section_prices: SectionPrices::default(),
    }
}
