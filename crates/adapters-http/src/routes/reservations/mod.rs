//! Reservations: holding seats, looking holds up, cancelling them.

mod bodies;

use actix_web::web::Json;
use seatline_application::reservations::{HoldSeatsError, ReservationError};
use seatline_domain::commands::{CancelError, HoldError};
use seatline_domain::id::ReservationId;
use seatline_domain::seat::hall::BestSeatsError;
use seatline_domain::seat::{SeatNumber, SeatRefusal, SelectionError};

use self::bodies::{HoldBody, ReservationBody};
use crate::answer::{NoContent, Replayable};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, JsonBody, LimitedUser, OptionalKey, Page, Path, User, sentence};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::{List, PageBody};

pub(super) type ReservationPage = PageBody<ReservationBody>;

/// The errors of holding seats, beyond those of its access, key and body.
const HOLDING_ERRORS: &[Code] = &[
    Code::ConcertNotFound,
    Code::PerformanceNotFound,
    Code::DateNotFound,
    Code::DateAmbiguous,
    Code::SeatNotFound,
    Code::SectionNotFound,
    Code::SoldOut,
    Code::NoAdjacentSeats,
    Code::SeatHeld,
    Code::SeatSold,
    Code::SeatBlocked,
    Code::ReservationActive,
    Code::SeatLimitExceeded,
    Code::SalesNotOpen,
    Code::PerformanceCancelled,
    Code::SalesClosed,
    Code::PerformanceStarted,
    Code::InvalidValue,
    Code::Unavailable,
];

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(hold_seats).limited(Limited::Holding).errors(HOLDING_ERRORS),
        endpoint!(list_reservations).limited(Limited::Listing).errors(&[Code::Unavailable]),
        endpoint!(show_reservation).errors(&[Code::ReservationNotFound, Code::Unavailable]),
        endpoint!(cancel_reservation).errors(&[
            Code::ReservationNotFound,
            Code::ReservationNotCancellable,
            Code::Unavailable,
        ]),
    ]
}

/// Reserve seats
///
/// Holds seats of one performance for about five minutes, all or none. Name the performance by `performanceId`, or by
/// `concertId` and `date` when only one on that date can be booked. Name the seats by `seatNumbers`, or ask for the best
/// `count` that are free: nearest the front, then nearest the middle of a row, side by side in one row unless `together` is
/// false.
#[utoipa::path(post, path = "/api/v1/reservations", operation_id = "holdSeats", tag = "Reservations", responses(
    (status = 201, description = "The reservation.", body = ReservationBody,
     headers(("Location"), ("Idempotency-Replayed"))),
    (status = 200, description = "The caller's own live hold on exactly these seats, or on as many as `count` says that are where they are asked for, also once nothing more can be reserved; its clock is not reset.",
     body = ReservationBody, headers(("Idempotency-Replayed"))),
))]
async fn hold_seats(
    _: LimitedUser,
    turn: InTurn,
    key: OptionalKey,
    body: JsonBody<HoldBody>,
    app: State,
) -> Result<Replayable<ReservationBody>, Problem> {
    let request = body.read().await?.parse(key.0)?;
    let answer = app.seatline.hold_seats.execute(&turn.0, request).await?;
    let location = format!("/api/v1/reservations/{}", answer.value.id);
    Ok(Replayable::new(answer, Some(location)))
}

/// List your reservations
///
/// As they stand now, newest first.
#[utoipa::path(get, path = "/api/v1/reservations", operation_id = "listReservations", tag = "Reservations", responses(
    (status = 200, description = "One page of them.", body = ReservationPage),
))]
async fn list_reservations(
    LimitedUser(user): LimitedUser,
    page: Page,
    app: State,
) -> Result<Json<ReservationPage>, Problem> {
    let list = List::named("reservations").of_user(user.id);
    let page = app.seatline.list_reservations.execute(user.id, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, ReservationBody::from)))
}

/// Show one of your reservations
///
/// As it stands now.
#[utoipa::path(
    get, path = "/api/v1/reservations/{reservationId}", operation_id = "showReservation", tag = "Reservations",
    responses((status = 200, description = "The reservation.", body = ReservationBody)),
)]
async fn show_reservation(
    user: User,
    reservation: Path<ReservationId>,
    app: State,
) -> Result<Json<ReservationBody>, Problem> {
    let reservation = app.seatline.show_reservation.execute(user.id, reservation.0).await?;
    Ok(Json(reservation.into()))
}

/// Cancel an unpaid hold
///
/// Its seats are free at once. Repeatable.
#[utoipa::path(
    delete, path = "/api/v1/reservations/{reservationId}", operation_id = "giveUpReservation", tag = "Reservations",
    responses((status = 204, description = "Cancelled or expired, now or before.")),
)]
async fn cancel_reservation(
    user: User,
    reservation: Path<ReservationId>,
    app: State,
) -> Result<NoContent, Problem> {
    app.seatline.cancel_reservation.execute(user.id, reservation.0).await?;
    Ok(NoContent)
}

impl From<HoldSeatsError> for Problem {
    fn from(error: HoldSeatsError) -> Self {
        match error {
            HoldSeatsError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            HoldSeatsError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            HoldSeatsError::DateNotFound => Self::new(Code::DateNotFound),
            HoldSeatsError::Turn(refusal) => refusal.into(),
            HoldSeatsError::Hold(error) => error.into(),
        }
    }
}

impl From<HoldError> for Problem {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::DateAmbiguous(bookable) => Self::new(Code::DateAmbiguous).bookable(bookable),
            HoldError::PerformanceCancelled => Self::new(Code::PerformanceCancelled),
            HoldError::SalesNotOpen { opens_at } => Self::new(Code::SalesNotOpen).sales_open_at(opens_at),
            HoldError::SalesClosed { closed_at } => Self::new(Code::SalesClosed).sales_close_at(closed_at),
            HoldError::PerformanceStarted { starts_at } => {
                Self::new(Code::PerformanceStarted).starts_at(starts_at)
            }
            HoldError::SeatNotFound(seats) => Self::new(Code::SeatNotFound).seats(numbers(seats)),
            HoldError::NotChosen(BestSeatsError::SectionNotFound) => Self::new(Code::SectionNotFound),
            HoldError::NotChosen(BestSeatsError::SoldOut) => Self::new(Code::SoldOut),
            HoldError::NotChosen(BestSeatsError::NoAdjacentSeats) => Self::new(Code::NoAdjacentSeats),
            HoldError::SeatTaken(SeatRefusal::Sold, seats) => Self::new(Code::SeatSold).seats(numbers(seats)),
            HoldError::SeatTaken(SeatRefusal::Blocked, seats) => {
                Self::new(Code::SeatBlocked).seats(numbers(seats))
            }
            HoldError::SeatTaken(SeatRefusal::Held, seats) => Self::new(Code::SeatHeld).seats(numbers(seats)),
            HoldError::ReservationActive { reservation_id } => {
                Self::new(Code::ReservationActive).reservation(reservation_id.uuid())
            }
            HoldError::SeatLimitExceeded { limit } => Self::new(Code::SeatLimitExceeded).limit(limit),
            HoldError::KeyReused(reused) => reused.into(),
            HoldError::Storage(error) => error.into(),
        }
    }
}

fn numbers(seats: Vec<SeatNumber>) -> impl Iterator<Item = i64> {
    seats.into_iter().map(|seat| seat.get().into())
}

impl From<ReservationError> for Problem {
    fn from(error: ReservationError) -> Self {
        match error {
            ReservationError::NotFound => Self::new(Code::ReservationNotFound),
            ReservationError::Storage(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::new(Code::ReservationNotFound),
            CancelError::NotCancellable => Self::new(Code::ReservationNotCancellable),
            CancelError::Storage(error) => error.into(),
        }
    }
}

impl From<SelectionError> for Problem {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::OutOfRange { number } => Self::new(Code::SeatNotFound).seats([number]),
            SelectionError::Empty
            | SelectionError::Repeated
            | SelectionError::TooMany
            | SelectionError::NotPositive => Self::invalid("seatNumbers", sentence(&error)),
        }
    }
}
