use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::json;

use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::points::Points;
use crate::promises::{Promise, SeatKey, check_refund};
use crate::service::{Answer, Call, Kind};

/// A seat that somebody bought.
#[derive(Debug)]
pub(super) struct Purchase {
    pub(super) seat: SeatKey,
    pub(super) reservation_id: String,
    pub(super) payment_id: String,
    pub(super) paid: Points,
}

#[derive(Debug, Deserialize)]
struct TicketBody {
    code: String,
    state: String,
}

#[derive(Debug, Deserialize)]
struct RefundBody {
    amount: Points,
    balance: Points,
}

/// Gives the seat back, shows its ticket at the gate, or both at once.
pub(super) async fn use_ticket(visitor: &mut Visitor, purchase: &Purchase) -> Result<Outcome, Outcome> {
    let gate = visitor.rehearsal.sale.operator.as_ref().map(|(operator, _)| operator.key());
    let gate_if_wanted = gate.clone().filter(|_| visitor.behaviour.checks_in);
    let refunded = match (visitor.behaviour.refunds, gate_if_wanted) {
        (false, None) => false,
        (false, Some(gate)) => {
            check_in_twice(visitor, purchase, gate).await?;
            false
        }
        (true, None) => refund(visitor, purchase).await?,
        (true, Some(gate)) => race(visitor, purchase, gate).await?,
    };
    if !refunded {
        return Ok(Outcome::Bought);
    }
    if let Some(gate) = gate {
        show_void_ticket(visitor, purchase, gate).await?;
    }
    Ok(Outcome::Refunded)
}

/// Goes in, and tries to let somebody else in by the same ticket.
async fn check_in_twice(
    visitor: &mut Visitor,
    purchase: &Purchase,
    gate: HeaderValue,
) -> Result<(), Outcome> {
    let code = ticket(visitor, purchase).await?.code;
    if check_in(visitor, purchase, &code, gate.clone()).await? {
        let again = at_gate(visitor, purchase, &code, gate)?;
        let answer = visitor.send(&again).await?;
        expect_refused(visitor, &answer, "ticket_used", "a used ticket")?;
    }
    Ok(())
}

/// Gives the seat back while its ticket is checked in; says whether it is given back. One of the two must win.
async fn race(visitor: &mut Visitor, purchase: &Purchase, gate: HeaderValue) -> Result<bool, Outcome> {
    let code = ticket(visitor, purchase).await?.code;
    let mut beside = visitor.beside();
    let (refunded, checked_in) =
        tokio::join!(refund(visitor, purchase), check_in(&mut beside, purchase, &code, gate));
    let (refunded, checked_in) = (refunded?, checked_in?);
    let person = visitor.person;
    let broken = match (refunded, checked_in) {
        (true, true) => Some(format!("person {person} went in by a ticket that was refunded")),
        (false, false) => Some(format!("person {person} was refused a refund and the gate as well")),
        _ => None,
    };
    visitor.rehearsal.promises.note(Promise::TicketsUsedOnce, broken);
    Ok(refunded)
}

/// Shows the ticket of a seat that was given back, which must open nothing.
async fn show_void_ticket(
    visitor: &mut Visitor,
    purchase: &Purchase,
    gate: HeaderValue,
) -> Result<(), Outcome> {
    let TicketBody { code, state } = ticket(visitor, purchase).await?;
    let person = visitor.person;
    let violation = (state != "VOID").then(|| format!("person {person}'s refunded ticket is {state}"));
    visitor.rehearsal.promises.note(Promise::TicketsUsedOnce, violation);
    let call = at_gate(visitor, purchase, &code, gate)?;
    let answer = visitor.send(&call).await?;
    expect_refused(visitor, &answer, "ticket_void", "a refunded ticket")
}

async fn ticket(visitor: &mut Visitor, purchase: &Purchase) -> Result<TicketBody, Outcome> {
    let path = format!("/tickets/{}.{}", purchase.reservation_id, purchase.seat.1);
    let answer = visitor.send(&visitor.call(Kind::Ticket, Method::GET, path)).await?;
    visitor.read(&answer)
}

/// Gives the seat back; says whether it was taken. It is not where nobody may give seats back, and of a used ticket.
async fn refund(visitor: &mut Visitor, purchase: &Purchase) -> Result<bool, Outcome> {
    let Purchase { seat, payment_id, paid, .. } = purchase;
    let key = visitor.new_idempotency_key()?;
    let path = format!("/payments/{payment_id}/refunds");
    let call = visitor.call(Kind::Refund, Method::POST, path).idempotency_key(key).json(&json!({}));
    let (person, duplicate) = (visitor.person, visitor.behaviour.duplicates.refund);
    // From now on somebody else may be sold the seat.
    visitor.rehearsal.promises.sold_seats().refund_begins(*seat, person);
    visitor.rehearsal.promises.bookkeeping().refund_begins(person);
    let answer = visitor.send_maybe_twice(&call, duplicate).await?;
    let promises = &visitor.rehearsal.promises;
    if !answer.is_success() {
        promises.bookkeeping().refund_refused(person);
        promises.note(Promise::SeatsSoldOnce, promises.sold_seats().refund_refused(*seat, person));
        return match answer.problem().code.as_str() {
            "refund_closed" | "ticket_used" => Ok(false),
            _ => Err(visitor.fail(&answer.refusal())),
        };
    }
    promises.sold_seats().refunded(*seat, person);
    promises.bookkeeping().refund_done(person);
    let RefundBody { amount, balance } = visitor.read(&answer)?;
    promises.note(Promise::MoneyExact, check_refund(person, *paid, amount, visitor.charged, balance));
    Ok(true)
}

/// Checks the ticket in; says whether the gate opened. It does not for a void one.
async fn check_in(
    visitor: &mut Visitor,
    purchase: &Purchase,
    code: &str,
    gate: HeaderValue,
) -> Result<bool, Outcome> {
    let call = at_gate(visitor, purchase, code, gate)?;
    visitor.rehearsal.promises.bookkeeping().check_in_begins();
    let answer = visitor.send_maybe_twice(&call, visitor.behaviour.duplicates.check_in).await?;
    visitor.rehearsal.promises.bookkeeping().check_in_ends(answer.is_success());
    match answer.problem().code.as_str() {
        _ if answer.is_success() => Ok(true),
        "ticket_void" if visitor.behaviour.refunds => Ok(false),
        _ => Err(visitor.fail(&answer.refusal())),
    }
}

/// A call by the gate, with a key that nobody else's calls at this gate have.
fn at_gate(
    visitor: &mut Visitor,
    purchase: &Purchase,
    code: &str,
    gate: HeaderValue,
) -> Result<Call, Outcome> {
    let performance = visitor.rehearsal.sale.concert.performances.get(purchase.seat.0);
    let performance = performance.ok_or_else(|| visitor.fail("a performance that is not there"))?;
    let path = format!("/admin/performances/{performance}/check-ins");
    let key = visitor.new_idempotency_key()?;
    let body = json!({"code": code, "gate": "Rehearsal"});
    Ok(Call::new(Kind::CheckIn, Method::POST, path).bearer(Some(gate)).idempotency_key(key).json(&body))
}

/// Notes whether the gate refused a ticket as it must.
fn expect_refused(visitor: &Visitor, answer: &Answer, code: &str, what: &str) -> Result<(), Outcome> {
    let person = visitor.person;
    let told = answer.problem().code;
    let opened = answer.is_success();
    let violation = opened.then(|| format!("person {person} went in by {what}"));
    visitor.rehearsal.promises.note(Promise::TicketsUsedOnce, violation);
    if opened || told == code { Ok(()) } else { Err(visitor.fail(&answer.refusal())) }
}
