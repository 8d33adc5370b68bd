use rand::RngExt;
use rand::seq::IteratorRandom;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::behaviour::GivesUp;
use super::browsing::open_page;
use super::queue::leave;
use super::ticket::{Purchase, use_ticket};
use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::points::Points;
use crate::promises::{Buyer, Promise, SeatKey, check_price};
use crate::service::Kind;

/// A seat that somebody wants.
#[derive(Debug, Clone, Copy)]
struct Choice {
    seat: SeatKey,
    price: Points,
}

/// A seat that is held for somebody.
#[derive(Debug)]
struct Hold {
    choice: Choice,
    reservation_id: String,
    amount: Points,
}

#[derive(Debug, Deserialize)]
struct SeatMapBody<'a> {
    #[serde(borrow)]
    seats: Vec<SeatBody<'a>>,
}

#[derive(Debug, Deserialize)]
struct SeatBody<'a> {
    number: u32,
    #[serde(borrow)]
    price: &'a RawValue,
    state: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReservationBody {
    reservation_id: String,
    amount: Points,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody {
    payment_id: String,
    amount: Points,
    balance: Points,
}

/// Chooses a seat, holds it, pays for it.
pub(super) async fn book(visitor: &mut Visitor) -> Result<Outcome, Outcome> {
    // A performance that they like best, and then the others.
    let favourite = visitor.random.random_range(0..visitor.rehearsal.sale.concert.performances.len().max(1));
    for _ in 0..visitor.rehearsal.habits.attempts {
        let Some(choice) = choose(visitor, favourite).await? else {
            return leave(visitor).await.map(|()| Outcome::SoldOut);
        };
        if matches!(visitor.behaviour.gives_up, Some(GivesUp::AtTheSeats | GivesUp::InQueue(_))) {
            return leave(visitor).await.map(|()| Outcome::GaveUp);
        }
        // Others choose meanwhile, too.
        hesitate(visitor).await?;
        if let Some(hold) = hold(visitor, choice).await? {
            return finish(visitor, &hold).await;
        }
    }
    leave(visitor).await.map(|()| Outcome::GaveUp)
}

/// Lets the hold lapse, gives it up, or pays.
async fn finish(visitor: &mut Visitor, hold: &Hold) -> Result<Outcome, Outcome> {
    open_page(visitor, &format!("/reservations/{}", hold.reservation_id)).await?;
    if visitor.behaviour.lets_hold_lapse {
        return Ok(Outcome::LetLapse);
    }
    hesitate(visitor).await?;
    if visitor.behaviour.gives_up == Some(GivesUp::HoldingSeat) {
        release(visitor, hold).await?;
        return leave(visitor).await.map(|()| Outcome::GaveUp);
    }
    let purchase = pay(visitor, hold).await?;
    if !visitor.behaviour.refunds && !visitor.behaviour.checks_in {
        return Ok(Outcome::Bought);
    }
    hesitate(visitor).await?;
    use_ticket(visitor, &purchase).await
}

async fn hesitate(visitor: &mut Visitor) -> Result<(), Outcome> {
    let times = visitor.random.random_range(0.0..=2.0);
    visitor.pause(visitor.rehearsal.habits.hesitate.mul_f64(times)).await
}

/// Chooses a free seat of this performance or of one after it.
async fn choose(visitor: &mut Visitor, favourite: usize) -> Result<Option<Choice>, Outcome> {
    let count = visitor.rehearsal.sale.concert.performances.len();
    for index in (favourite..count).chain(0..favourite) {
        let Some(performance) = visitor.rehearsal.sale.concert.performances.get(index).cloned() else {
            break;
        };
        open_page(visitor, &format!("/performances/{performance}")).await?;
        let path = format!("/performances/{performance}/seats?available=true");
        let answer = visitor.send(&visitor.call(Kind::Seats, Method::GET, path)).await?;
        let SeatMapBody { seats } = visitor.read(&answer)?;
        let free = seats.into_iter().filter(|seat| seat.state == "AVAILABLE");
        if let Some(seat) = free.choose(&mut visitor.random) {
            let price = seat.price.get().parse();
            let price = price.map_err(|_| visitor.fail("a price that cannot be read"))?;
            return Ok(Some(Choice { seat: (index, seat.number), price }));
        }
    }
    Ok(None)
}

/// Holds a seat, unless somebody else was faster.
async fn hold(visitor: &mut Visitor, choice: Choice) -> Result<Option<Hold>, Outcome> {
    let (index, seat) = choice.seat;
    let performance = visitor.rehearsal.sale.concert.performances.get(index);
    let body = json!({"performanceId": performance, "seatNumbers": [seat]});
    let key = visitor.new_idempotency_key()?;
    let call = visitor.call(Kind::Hold, Method::POST, "/reservations").idempotency_key(key).json(&body);
    visitor.rehearsal.promises.bookkeeping().hold_begins();
    let requested = Instant::now();
    let answer = visitor.send_maybe_twice(&call, visitor.behaviour.duplicates.hold).await?;
    let promises = &visitor.rehearsal.promises;
    if !answer.is_success() {
        promises.bookkeeping().hold_ends();
        if matches!(answer.problem().code.as_str(), "seat_held" | "seat_sold") {
            return Ok(None);
        }
    }
    let ReservationBody { reservation_id, amount } = visitor.read(&answer)?;
    let violation = promises.sold_seats().check_hold(choice.seat, visitor.person, requested);
    promises.note(Promise::SeatsSoldOnce, violation);
    Ok(Some(Hold { choice, reservation_id, amount }))
}

async fn release(visitor: &mut Visitor, hold: &Hold) -> Result<(), Outcome> {
    let path = format!("/reservations/{}", hold.reservation_id);
    let answer = visitor.send(&visitor.call(Kind::Release, Method::DELETE, path)).await?;
    if !answer.is_success() {
        return Err(visitor.fail(&answer.refusal()));
    }
    visitor.rehearsal.promises.bookkeeping().hold_ends();
    Ok(())
}

async fn pay(visitor: &mut Visitor, hold: &Hold) -> Result<Purchase, Outcome> {
    let body = json!({"reservationId": hold.reservation_id});
    let key = visitor.new_idempotency_key()?;
    let call = visitor.call(Kind::Pay, Method::POST, "/payments").idempotency_key(key).json(&body);
    visitor.rehearsal.promises.bookkeeping().payment_begins(hold.amount);
    let answer = visitor.send_maybe_twice(&call, visitor.behaviour.duplicates.payment).await?;
    if !answer.is_success() {
        visitor.rehearsal.promises.bookkeeping().payment_refused(hold.amount);
    }
    let payment: PaymentBody = visitor.read(&answer)?;
    check_payment(visitor, hold, &payment, answer.received);
    let Hold { choice: Choice { seat, .. }, reservation_id, .. } = hold;
    let PaymentBody { payment_id, amount: paid, .. } = payment;
    Ok(Purchase { seat: *seat, reservation_id: reservation_id.clone(), payment_id, paid })
}

/// Compares a payment with what they and others were told before.
fn check_payment(visitor: &Visitor, hold: &Hold, payment: &PaymentBody, received: Instant) {
    let (person, promises) = (visitor.person, &visitor.rehearsal.promises);
    let PaymentBody { amount: paid, balance, .. } = *payment;
    let Hold { choice: Choice { seat, price }, amount, .. } = *hold;
    let Some(bearer) = visitor.bearer.clone() else { return };
    let buyer = Buyer::new(person, bearer, visitor.charged, paid);
    promises.note(Promise::MoneyExact, check_price(person, price, amount, paid));
    promises.note(Promise::MoneyExact, buyer.check_balance(balance));
    let violation = promises.sold_seats().bought(seat, person, received);
    promises.note(Promise::SeatsSoldOnce, violation);
    promises.bookkeeping().payment_done(amount, buyer);
}
