//! The support desk: somebody's balance, what they have and did, and refunds for them.

use actix_web::http::StatusCode;
use askama::Template;
use futures::future::try_join3;
use seatline_application::support::RequireUserError;
use seatline_domain::concert::policy::DEFAULT_TIMEZONE;
use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::payment::{Payment, PaymentState};
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::SeatNumber;
use uuid::Uuid;

use super::field::{Field, Kind};
use super::frame::ConsoleFrame;
use super::staff::Staff;
use super::typed::Typed;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

pub(super) const PAYMENT: &str = "payment";
pub(super) const SEATS: &str = "seats";
pub(super) const REASON: &str = "reason";
pub(super) const AMOUNT: &str = "amount";

#[derive(Template)]
#[template(path = "console/people.html")]
struct SearchPage {
    frame: ConsoleFrame,
    asked: String,
    wrong: Option<String>,
}

/// Finds somebody by their id.
pub(crate) async fn find(visit: Visit, staff: Staff) -> Answer {
    let asked = visit.asked_for("id").unwrap_or_default();
    let mut page = SearchPage {
        frame: ConsoleFrame::of(&visit, staff),
        asked: asked.trim().chars().take(100).collect(),
        wrong: None,
    };
    if page.asked.is_empty() {
        return visit.show(&page);
    }
    if let Ok(id) = Uuid::try_parse(&page.asked) {
        match visit.seatline().require_user.execute(UserId::new(id)).await {
            Ok(()) => return Ok(lead(&format!("/console/people/{}", id.hyphenated()), [])),
            Err(RequireUserError::NotFound) => {}
            Err(RequireUserError::Storage(error)) => return Err(error.into()),
        }
    }
    page.wrong = Some(visit.words.text("wrong-nobody").into_owned());
    visit.show_wrong(StatusCode::NOT_FOUND, &page)
}

#[derive(Template)]
#[template(path = "console/person.html")]
struct Page {
    frame: ConsoleFrame,
    id: UserId,
    name: Option<String>,
    balance: String,
    since: String,
    key: String,
    payments: Vec<PaymentView>,
    reservations: Vec<ReservationView>,
    entries: Vec<EntryView>,
    amount: Field,
    reason: Field,
}

struct PaymentView {
    id: PaymentId,
    moment: String,
    amount: String,
    state: String,
    seats: Vec<SeatOfPayment>,
    refundable: bool,
    refunds: Vec<String>,
    /// The reason for a refund, with what is wrong with it.
    reason: String,
    wrong: Option<String>,
}

struct SeatOfPayment {
    number: SeatNumber,
    left: bool,
}

struct ReservationView {
    moment: String,
    seats: String,
    amount: String,
    state: String,
}

struct EntryView {
    what: String,
    amount: String,
    balance: String,
    moment: String,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    page(&visit, staff, visit.id(UserId::new)?, &Typed::nothing()).await
}

/// The page, with what was typed into one of its forms.
pub(super) async fn page(visit: &Visit, staff: Staff, id: UserId, typed: &Typed) -> Answer {
    let (seatline, words) = (visit.seatline(), visit.words);
    let shown = seatline.show_user.execute(id).await.map_err(|error| match error {
        RequireUserError::NotFound => Refusal::NotFound,
        RequireUserError::Storage(error) => error.into(),
    })?;
    let limit = PageLimit::default();
    let (payments, reservations, entries) = try_join3(
        seatline.list_payments.execute(id, PageRequest { limit, after: None }),
        seatline.list_reservations.execute(id, PageRequest { limit, after: None }),
        seatline.list_entries.execute(id, PageRequest { limit, after: None }),
    )
    .await?;
    let of_refund = typed.get(PAYMENT).is_some();
    let nothing = Typed::nothing();
    let of_points = if of_refund { &nothing } else { typed };
    let field = |name, label| Field::new(words, of_points, name, label, "");
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, format!("/console/people/{id}")),
        id,
        name: shown.user.user.name.map(|name| name.as_str().to_owned()),
        balance: words.points(shown.balance),
        since: words.moment(shown.user.registered_at, DEFAULT_TIMEZONE),
        key: form_key()?,
        payments: payments.items.iter().map(|one| payment_view(words, one, typed)).collect(),
        reservations: reservations.items.iter().map(|one| reservation_view(words, one)).collect(),
        entries: entries.items.iter().map(|one| entry_view(words, one)).collect(),
        amount: field(AMOUNT, "amount").kind(Kind::Amount),
        reason: field(REASON, "field-reason").hint(words.text("hint-credit")),
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

fn payment_view(words: Words, payment: &Payment, typed: &Typed) -> PaymentView {
    let state = match payment.state() {
        PaymentState::Completed => "payment-completed",
        PaymentState::PartiallyRefunded => "payment-partly",
        PaymentState::Refunded => "refunded",
    };
    let refund = |refund: &seatline_domain::payment::Refund| {
        let moment = words.moment(refund.refunded_at, DEFAULT_TIMEZONE);
        let reason = refund.reason.as_ref().map_or("–", |reason| reason.as_str()).to_owned();
        let told = [
            ("amount", words.points(refund.amount).into()),
            ("moment", moment.into()),
            ("reason", reason.into()),
        ];
        words.with("refund-told", told)
    };
    let here = typed.get(PAYMENT) == Some(&payment.id.to_string());
    PaymentView {
        id: payment.id,
        moment: words.moment(payment.paid_at, DEFAULT_TIMEZONE),
        amount: words.points(payment.amount),
        state: words.text(state).into_owned(),
        refundable: payment.seats_left().next().is_some(),
        seats: payment
            .seats
            .iter()
            .map(|seat| SeatOfPayment { number: *seat, left: payment.refund_of(*seat).is_none() })
            .collect(),
        refunds: payment.refunds.iter().map(refund).collect(),
        reason: if here { typed.value(REASON).to_owned() } else { String::new() },
        wrong: if here { typed.wrong(REASON) } else { None },
    }
}

fn reservation_view(words: Words, reservation: &Reservation) -> ReservationView {
    let state = match reservation.state {
        ReservationState::Held => "reservation-held",
        ReservationState::Paid { .. } => "payment-completed",
        ReservationState::Expired { .. } => "reservation-expired",
        ReservationState::Cancelled { .. } => "reservation-cancelled",
        ReservationState::Refunded { .. } => "refunded",
    };
    let seats: Vec<_> =
        reservation.seats.iter().map(|seat| format!("{} {}", seat.section, seat.number.get())).collect();
    ReservationView {
        moment: words.moment(reservation.held_at, DEFAULT_TIMEZONE),
        seats: seats.join(", "),
        amount: words.points(reservation.amount),
        state: words.text(state).into_owned(),
    }
}

fn entry_view(words: Words, entry: &LedgerEntry) -> EntryView {
    let what = match entry.kind {
        LedgerEntryKind::Charge => "entry-charge",
        LedgerEntryKind::Payment => "entry-payment",
        LedgerEntryKind::Refund => "entry-refund",
        LedgerEntryKind::Credit => "entry-credit",
        LedgerEntryKind::Debit => "entry-debit",
    };
    EntryView {
        what: words.text(what).into_owned(),
        amount: words.signed_points(entry.signed_amount()),
        balance: words.points(entry.balance_after),
        moment: words.moment(entry.created_at, DEFAULT_TIMEZONE),
    }
}
