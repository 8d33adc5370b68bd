use serde_json::{Value, json};

use crate::operator::Operator;

/// A concert with one performance to book.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The concert.
    pub concert_id: String,
    /// Its performance.
    pub performance_id: String,
    /// The date of that, at the venue.
    pub date: String,
}

/// A sale to be set up: 50 seats for 1,000 points each, one a user, unless said otherwise.
#[derive(Debug, Clone)]
pub struct SaleBuilder {
    seats_per_user: u32,
    queue: Value,
    performance: Value,
}

impl Sale {
    /// The start of performances of which a test does not care.
    pub const STARTS_AT: &str = "2099-12-24T19:00:00+09:00";
    /// The date of that, at the venue.
    pub const DATE: &str = "2099-12-24";
    /// The price of a seat of which a test does not care.
    pub const PRICE: u32 = 1_000;
    /// How many seats a performance has that a crowd goes to.
    pub const CROWD_SEATS: u32 = 1_000;

    /// Describes a sale.
    pub fn builder() -> SaleBuilder {
        SaleBuilder {
            seats_per_user: 1,
            queue: json!({}),
            performance: json!({"startsAt": Self::STARTS_AT, "price": Self::PRICE}),
        }
    }

    /// The sale that no test changes anything about.
    pub async fn open(operator: &Operator) -> Self {
        Self::builder().open(operator).await
    }
}

impl SaleBuilder {
    /// How many seats one user may have.
    #[must_use]
    pub fn seats_per_user(mut self, seats: u32) -> Self {
        self.seats_per_user = seats;
        self
    }

    /// How many people may be active at the same time.
    #[must_use]
    pub fn capacity(self, people: u32) -> Self {
        self.queue("capacity", people)
    }

    /// How many people are admitted a minute.
    #[must_use]
    pub fn admit_per_minute(self, people: u32) -> Self {
        self.queue("admitPerMinute", people)
    }

    /// How long a pass lives, in whole seconds.
    #[must_use]
    pub fn pass_ttl_seconds(self, seconds: u32) -> Self {
        self.queue("passTtlSeconds", seconds)
    }

    /// How long people have to show up, in whole seconds.
    #[must_use]
    pub fn show_up_within_seconds(self, seconds: u32) -> Self {
        self.queue("showUpWithinSeconds", seconds)
    }

    /// The instant at which the performance starts, in the past too.
    #[must_use]
    pub fn starts_at(self, instant: &str) -> Self {
        self.performance("startsAt", instant).performance("allowPast", true)
    }

    /// The instant at which its sales open.
    #[must_use]
    pub fn sales_open_at(self, instant: &str) -> Self {
        self.performance("salesOpenAt", instant)
    }

    /// The instant until which its buyers may give seats back.
    #[must_use]
    pub fn refundable_until(self, instant: &str) -> Self {
        self.performance("refundableUntil", instant)
    }

    /// The price of a seat, in place of the usual one.
    #[must_use]
    pub fn price(self, price: impl Into<Value>) -> Self {
        self.performance("price", price)
    }

    /// One section of so many seats, in place of the usual fifty.
    #[must_use]
    pub fn seats(mut self, seats: u32) -> Self {
        let section =
            json!({"name": "Floor", "firstSeat": 1, "lastSeat": seats, "price": self.performance["price"]});
        self.performance["sections"] = json!([section]);
        self.performance.as_object_mut().unwrap().remove("price");
        self
    }

    /// These sections, in place of the usual fifty seats.
    #[must_use]
    pub fn sections(mut self, sections: Value) -> Self {
        self.performance["sections"] = sections;
        self.performance.as_object_mut().unwrap().remove("price");
        self
    }

    /// The seats that can be reached without steps; the sections are to be said too.
    #[must_use]
    pub fn accessible_seats(self, seats: &[u32]) -> Self {
        self.performance("accessibleSeats", seats)
    }

    /// Adds one more such performance to a concert.
    pub async fn add_performance(&self, operator: &Operator, concert_id: &str) -> Sale {
        let performance = operator.add_performance(concert_id, &self.performance).await;
        let text = |name: &str| performance[name].as_str().unwrap().to_owned();
        Sale { concert_id: concert_id.to_owned(), performance_id: text("performanceId"), date: text("date") }
    }

    fn queue(mut self, name: &str, value: u32) -> Self {
        self.queue[name] = value.into();
        self
    }

    fn performance(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.performance[name] = value.into();
        self
    }

    /// Sets it up.
    pub async fn open(self, operator: &Operator) -> Sale {
        let concert = json!({
            "title": "Winter Gala",
            "venue": "Grand Hall, Seoul",
            "maxSeatsPerUser": self.seats_per_user,
            "queue": self.queue,
        });
        let concert = operator.add_concert(&concert).await;
        let concert_id = concert["concertId"].as_str().unwrap().to_owned();
        self.add_performance(operator, &concert_id).await
    }
}
