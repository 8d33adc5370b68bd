use hyper::Method;
use rand::RngExt;
use rand::seq::IteratorRandom;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::visitor::Visitor;
use super::whims::Moment;
use crate::figures::Outcome;
use crate::points::Points;
use crate::promises::{Buyer, Place, Promise, charged_right};
use crate::service::Kind;

/// A seat that somebody wants.
#[derive(Debug, Clone, Copy)]
struct Choice {
    place: Place,
    price: Points,
}

/// A seat that is theirs for now.
#[derive(Debug)]
struct Hold {
    choice: Choice,
    reservation_id: String,
    amount: Points,
}

#[derive(Debug, Deserialize)]
struct SeatMap<'a> {
    #[serde(borrow)]
    seats: Vec<Seat<'a>>,
}

#[derive(Debug, Deserialize)]
struct Seat<'a> {
    number: u32,
    #[serde(borrow)]
    price: &'a RawValue,
    state: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    reservation_id: String,
    amount: Points,
}

#[derive(Debug, Deserialize)]
struct Payment {
    amount: Points,
    balance: Points,
}

impl Visitor {
    /// Chooses a seat, holds it, pays for it.
    pub(super) async fn shop(&mut self) -> Result<Outcome, Outcome> {
        // A performance that they like best, and then the others.
        let favourite = self.dice.random_range(0..self.rehearsal.sale.performances.len().max(1));
        for _ in 0..self.rehearsal.habits.attempts {
            let Some(choice) = self.look(favourite).await? else {
                return self.go(Outcome::SoldOut).await;
            };
            if matches!(self.whims.gives_up, Some(Moment::AtTheSeats | Moment::InLine(_))) {
                return self.go(Outcome::GaveUp).await;
            }
            // Others choose meanwhile, too.
            self.hesitate().await?;
            if let Some(hold) = self.hold(choice).await? {
                return self.decide(&hold).await;
            }
        }
        self.go(Outcome::GaveUp).await
    }

    /// Lets the hold lapse, gives it up, or pays.
    async fn decide(&mut self, hold: &Hold) -> Result<Outcome, Outcome> {
        if self.whims.lapses {
            return Ok(Outcome::LetLapse);
        }
        self.hesitate().await?;
        if self.whims.gives_up == Some(Moment::SeatInHand) {
            self.release(hold).await?;
            return self.go(Outcome::GaveUp).await;
        }
        self.pay(hold).await
    }

    async fn go(&mut self, outcome: Outcome) -> Result<Outcome, Outcome> {
        self.leave().await.map(|()| outcome)
    }

    async fn hesitate(&mut self) -> Result<(), Outcome> {
        let times = self.dice.random_range(0.0..=2.0);
        self.pause(self.rehearsal.habits.hesitate.mul_f64(times)).await
    }

    /// A seat that is free, of this performance or of one after it.
    async fn look(&mut self, favourite: usize) -> Result<Option<Choice>, Outcome> {
        let count = self.rehearsal.sale.performances.len();
        for index in (favourite..count).chain(0..favourite) {
            let Some(performance) = self.rehearsal.sale.performances.get(index) else { break };
            let path = format!("/performances/{performance}/seats?available=true");
            let answer = self.ask(&self.call(Kind::Seats, Method::GET, path)).await?;
            let SeatMap { seats } = self.read(&answer)?;
            let free = seats.into_iter().filter(|seat| seat.state == "AVAILABLE");
            if let Some(seat) = free.choose(&mut self.dice) {
                let price = seat.price.get().parse();
                let price = price.map_err(|_| self.fail("a price that cannot be read"))?;
                return Ok(Some(Choice { place: (index, seat.number), price }));
            }
        }
        Ok(None)
    }

    /// Holds a seat, unless somebody else was faster.
    async fn hold(&mut self, choice: Choice) -> Result<Option<Hold>, Outcome> {
        let (index, seat) = choice.place;
        let performance = self.rehearsal.sale.performances.get(index);
        let body = json!({"performanceId": performance, "seatNumbers": [seat]});
        let call = self.call(Kind::Hold, Method::POST, "/reservations").key(self.new_key()?).json(&body);
        self.rehearsal.promises.books().hold_begins();
        let asked = Instant::now();
        let answer = self.ask_twice(&call, self.whims.repeats.hold).await?;
        if !answer.is_success() {
            self.rehearsal.promises.books().hold_ends();
            if matches!(answer.problem().code.as_str(), "seat_held" | "seat_sold") {
                return Ok(None);
            }
        }
        let Reservation { reservation_id, amount } = self.read(&answer)?;
        let broken = self.rehearsal.promises.seats().held(choice.place, self.person, asked);
        self.rehearsal.promises.note(Promise::SeatsSoldOnce, broken);
        Ok(Some(Hold { choice, reservation_id, amount }))
    }

    async fn release(&mut self, hold: &Hold) -> Result<(), Outcome> {
        let path = format!("/reservations/{}", hold.reservation_id);
        let answer = self.ask(&self.call(Kind::Release, Method::DELETE, path)).await?;
        if !answer.is_success() {
            return Err(self.fail(&answer.refusal()));
        }
        self.rehearsal.promises.books().hold_ends();
        Ok(())
    }

    async fn pay(&mut self, hold: &Hold) -> Result<Outcome, Outcome> {
        let body = json!({"reservationId": hold.reservation_id});
        let call = self.call(Kind::Pay, Method::POST, "/payments").key(self.new_key()?).json(&body);
        self.rehearsal.promises.books().payment_begins(hold.amount);
        let answer = self.ask_twice(&call, self.whims.repeats.payment).await?;
        if !answer.is_success() {
            self.rehearsal.promises.books().payment_refused(hold.amount);
        }
        let Payment { amount, balance } = self.read(&answer)?;
        self.bought(hold, amount, balance, answer.received);
        Ok(Outcome::Bought)
    }

    /// Compares what they were told with what they and others were told before.
    fn bought(&self, hold: &Hold, paid: Points, balance: Points, at: Instant) {
        let (person, promises) = (self.person, &self.rehearsal.promises);
        let Some(bearer) = self.bearer.clone() else { return };
        let buyer = Buyer { person, bearer, charged: self.charged, paid };
        promises.note(Promise::MoneyExact, charged_right(person, hold.choice.price, hold.amount, paid));
        promises.note(Promise::MoneyExact, buyer.left(balance));
        let broken = promises.seats().bought(hold.choice.place, person, at);
        promises.note(Promise::SeatsSoldOnce, broken);
        promises.books().payment_done(hold.amount, buyer);
    }
}
