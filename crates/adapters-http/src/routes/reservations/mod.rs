//! Reservations: holding seats, looking holds up, cancelling them.

mod bodies;
mod problems;

use actix_web::web::Json;
use seatline_domain::id::ReservationId;

use self::bodies::{HoldBody, ReservationBody};
use crate::answer::{NoContent, Replayable};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, JsonBody, LimitedUser, OptionalKey, Page, Path, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::PageBody;

type ReservationPage = PageBody<ReservationBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(hold_seats).limited(Limited::Holding).errors(problems::OF_HOLDING),
        endpoint!(list_reservations).errors(&[Code::Unavailable]),
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
/// `concertId` and `date` when there is only one on that date.
#[utoipa::path(post, path = "/api/v1/reservations", operation_id = "holdSeats", tag = "Reservations", responses(
    (status = 201, description = "The reservation.", body = ReservationBody,
     headers(("Location"), ("Idempotency-Replayed"))),
    (status = 200, description = "The caller's own live hold on exactly these seats; its clock is not reset.",
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
    user: User,
    page: Page<ReservationId>,
    app: State,
) -> Result<Json<ReservationPage>, Problem> {
    let page = app.seatline.list_reservations.execute(user.id, page.0).await?;
    Ok(Json(PageBody::render(page, ReservationBody::from)))
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
