//! A reservation: the countdown, what it costs, and paying it.

use askama::Template;
use chrono::TimeDelta;
use seatline_application::payments::{PayReservationError, PaymentError};
use seatline_application::reservations::ReservationError;
use seatline_domain::commands::{CancelError, PayError};
use seatline_domain::concert::{Concert, PerformanceAvailability};
use seatline_domain::id::{PerformanceId, ReservationId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::point::Amount;
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::seat::SeatNumber;
use serde::Deserialize;

use super::account::ChargingView;
use super::line::claims;
use super::seat_list::where_is;
use super::turn::not_in_turn;
use crate::formats::clock;
use crate::frame::Frame;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{User, Visit, form_key, lead};

#[derive(Template)]
#[template(path = "reservation.html")]
struct Page {
    frame: Frame,
    id: ReservationId,
    performance_id: PerformanceId,
    concert: Concert,
    moment: String,
    seats: Vec<SeatRow>,
    total: String,
    state: View,
    charging: ChargingView,
    key: String,
}

/// A seat of the bill.
struct SeatRow {
    name: String,
    price: String,
    given_back: bool,
}

/// What can be done with it.
enum View {
    Held {
        remaining_ms: i64,
        clock: String,
        balance: String,
        after: Option<String>,
        missing: Option<(String, String)>,
    },
    Paid {
        balance: String,
        /// Those that were not given back.
        left: Vec<SeatNumber>,
        refundable: bool,
    },
    Lapsed,
    Released,
    Refunded,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    let (user, reservation) = mine(&visit).await?;
    let shown = visit.seatline().show_performance.execute(reservation.performance_id).await?;
    let concert = visit.seatline().show_concert.execute(reservation.concert_id).await?;
    let balance = visit.seatline().show_balance.execute(user.id).await?;
    let words = visit.words;
    let state = view(&visit, &user, &reservation, &shown, balance).await?;
    let layout = visit.seatline().show_layout.execute(reservation.performance_id).await?;
    let given_back = |seat: &ReservedSeat| match &state {
        View::Paid { left, .. } => !left.contains(&seat.number),
        _ => false,
    };
    let seat = |seat: &ReservedSeat| SeatRow {
        name: where_is(words, &layout, seat.number),
        price: words.points(seat.price),
        given_back: given_back(seat),
    };
    let page = Page {
        frame: visit.frame(),
        id: reservation.id,
        performance_id: reservation.performance_id,
        moment: words.moment(shown.performance.starts_at, concert.timezone),
        concert,
        seats: reservation.seats.iter().map(seat).collect(),
        total: words.points(reservation.amount),
        state,
        charging: ChargingView::of(&visit),
        key: form_key()?,
    };
    visit.show(&page)
}

async fn view(
    visit: &Visit,
    user: &User,
    reservation: &Reservation,
    shown: &PerformanceAvailability,
    balance: Amount,
) -> Result<View, Refusal> {
    let words = visit.words;
    let missing = reservation.amount.checked_sub(balance).filter(|missing| *missing > Amount::ZERO);
    // What is told of a performance is up to a second old: nobody is promised a second too much.
    let remaining = reservation.expires_at - shown.as_of - TimeDelta::seconds(1);
    let remaining = remaining.max(TimeDelta::zero());
    Ok(match reservation.state {
        ReservationState::Held => View::Held {
            remaining_ms: remaining.num_milliseconds(),
            clock: clock(remaining),
            balance: words.points(balance),
            after: balance.checked_sub(reservation.amount).map(|after| words.points(after)),
            missing: missing.map(|missing| {
                let charged = visit.seatline().charging.enough_for(missing);
                (charged.to_string(), words.points(missing))
            }),
        },
        ReservationState::Paid { payment_id, .. } => {
            let payment = visit.seatline().show_payment.execute(user.id, payment_id).await;
            let left = payment.map_err(|error| match error {
                PaymentError::NotFound => Refusal::NotFound,
                PaymentError::Storage(error) => error.into(),
            });
            View::Paid {
                balance: words.points(balance),
                left: left?.seats_left().collect(),
                refundable: shown.performance.is_refundable(shown.as_of),
            }
        }
        ReservationState::Expired { .. } => View::Lapsed,
        ReservationState::Cancelled { .. } => View::Released,
        ReservationState::Refunded { .. } => View::Refunded,
    })
}

pub(super) async fn mine(visit: &Visit) -> Result<(User, Reservation), Refusal> {
    let id = visit.id(ReservationId::new)?;
    let user = visit.user().await?;
    let reservation = visit.seatline().show_reservation.execute(user.id, id).await;
    reservation.map(|reservation| (user, reservation)).map_err(|error| match error {
        ReservationError::NotFound => Refusal::NotFound,
        ReservationError::Storage(error) => error.into(),
    })
}

#[derive(Deserialize)]
struct Payment {
    key: String,
}

pub(crate) async fn pay(visit: Visit) -> Answer {
    let Payment { key } = visit.fields().await?;
    let key = IdempotencyKey::parse(&key).map_err(|_| Refusal::Malformed)?;
    visit.admit(Action::Pay, None)?;
    let (user, reservation) = mine(&visit).await?;
    visit.admit(Action::Pay, Some(&user))?;
    let here = format!("/reservations/{}", reservation.id);
    // Whoever has paid is in no line any more, and need not get into it again to be told so.
    if matches!(reservation.state, ReservationState::Paid { .. }) {
        return Ok(lead(&Notice::PAID.at(&here), []));
    }
    let claims = claims(&visit, &user, reservation.concert_id).await?;
    let notice = match visit.seatline().pay_reservation.execute(&claims, reservation.id, Some(key)).await {
        Ok(_) => Notice::PAID,
        Err(PayReservationError::Turn(refusal)) => return Err(not_in_turn(&refusal, reservation.concert_id)),
        Err(PayReservationError::Pay(error)) => match error {
            PayError::ReservationNotFound => return Err(Refusal::NotFound),
            PayError::HoldExpired { .. } => Notice::LAPSED,
            PayError::PerformanceCancelled => Notice::CANCELLED,
            PayError::NotPayable => Notice::NOT_PAYABLE,
            PayError::InsufficientPoints(_) => Notice::TOO_FEW_POINTS,
            PayError::KeyReused(_) => Notice::AGAIN,
            PayError::Storage(error) => return Err(error.into()),
        },
    };
    Ok(lead(&notice.at(&here), []))
}

/// Gives the seats back, and leads to the map.
pub(crate) async fn release(visit: Visit) -> Answer {
    let (user, reservation) = mine(&visit).await?;
    let map = format!("/performances/{}", reservation.performance_id);
    let path = match visit.seatline().cancel_reservation.execute(user.id, reservation.id).await {
        Ok(()) => Notice::RELEASED.at(&map),
        Err(CancelError::NotFound) => return Err(Refusal::NotFound),
        Err(CancelError::NotCancellable) => {
            Notice::NOT_PAYABLE.at(&format!("/reservations/{}", reservation.id))
        }
        Err(CancelError::Storage(error)) => return Err(error.into()),
    };
    Ok(lead(&path, []))
}
