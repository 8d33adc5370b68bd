//! Sample values for the tests of other crates: a concert with its waiting room, its performance, and a user.

#![expect(clippy::unwrap_used, reason = "the texts are valid")]
#![expect(clippy::missing_panics_doc, reason = "nothing here panics")]

use chrono::NaiveDate;
use uuid::Uuid;

use crate::Timestamp;
use crate::concert::{Concert, Performance, SeatLimit, policy};
use crate::id::{ConcertId, PerformanceId, UserId};
use crate::point::Amount;
use crate::queue::{Number, QueueClaims, RoomFigures, RoomSettings, RoomStatus};
use crate::seat::SectionPrices;
use crate::text::Text;

/// The instant of a test.
pub fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The concert's id.
pub const fn concert_id() -> ConcertId {
    ConcertId::new(Uuid::from_u128(0xc0))
}

/// The performance's id.
pub const fn performance_id() -> PerformanceId {
    PerformanceId::new(Uuid::from_u128(0xf0))
}

/// The user's id.
pub const fn user_id() -> UserId {
    UserId::new(Uuid::from_u128(0xada))
}

/// A concert in Seoul, with one seat for everybody.
pub fn concert() -> Concert {
    Concert {
        id: concert_id(),
        title: Text::parse("Winter Gala").unwrap(),
        venue: Text::parse("Grand Hall").unwrap(),
        timezone: policy::DEFAULT_TIMEZONE,
        max_seats_per_user: SeatLimit::default(),
    }
}

/// Its performance, on sale, with 50 seats for 100 points each.
pub fn performance() -> Performance {
    Performance {
        id: performance_id(),
        concert_id: concert_id(),
        date: NaiveDate::from_ymd_opt(2026, 12, 24).unwrap(),
        starts_at: "2026-12-24T10:00:00Z".parse().unwrap(),
        sales_open_at: None,
        sales_close_at: None,
        refundable_until: None,
        total_seats: 50,
        price_from: Amount::whole(100),
        price_to: Amount::whole(100),
        cancellation: None,
        section_prices: SectionPrices::default(),
    }
}

/// Its waiting room, with everybody waiting behind the number that was served last.
pub fn room_figures(now_serving: u64, last_number: u64) -> RoomFigures {
    RoomFigures {
        concert_id: concert_id(),
        status: RoomStatus::Open,
        settings: RoomSettings::default(),
        last_number,
        now_serving,
        waiting: last_number - now_serving,
        active: 1,
        expired: 0,
        line_end: None,
    }
}

/// What the queue token of the user proves who has just joined with this number.
pub fn claims(number: u64) -> QueueClaims {
    QueueClaims {
        user_id: user_id(),
        concert_id: concert_id(),
        number: Number::new(number),
        issued_at: now(),
    }
}
