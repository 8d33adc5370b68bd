//! Reservations: holding seats, looking holds up, giving them up.

mod hold_body;
mod problems;
mod reservation_body;

use actix_web::HttpResponse;

use self::hold_body::HoldBody;
use self::reservation_body::ReservationBody;
use crate::call::{Call, json, no_content, replayable};
use crate::operation::{Access, AnswerHeader, IdempotencyUse, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::wire::PageBody;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, "/api/v1/reservations", "holdSeats", Tag::Reservations, hold)
            .about(
                "Reserve seats",
                "Holds seats of one performance for about five minutes, all or none. Name the performance by \
                 `performanceId`, or by `concertId` and `date` when there is only one on that date.",
            )
            .access(Access::InTurn)
            .limited(Limited::Holding)
            .idempotency(IdempotencyUse::Optional)
            .body::<HoldBody>()
            .answers::<ReservationBody>(
                201,
                "The reservation.",
                &[AnswerHeader::Location, AnswerHeader::IdempotencyReplayed],
            )
            .answers::<ReservationBody>(
                200,
                "The caller's own live hold on exactly these seats; its clock is not reset.",
                &[AnswerHeader::IdempotencyReplayed],
            )
            .errors(problems::OF_HOLDING),
        Operation::new(Verb::Get, "/api/v1/reservations", "listReservations", Tag::Reservations, list)
            .about("Your reservations", "As they stand now, newest first.")
            .access(Access::User)
            .paged()
            .answers::<PageBody<ReservationBody>>(200, "One page of them.", &[])
            .errors(&[Code::Unavailable]),
        Operation::new(
            Verb::Get,
            "/api/v1/reservations/{reservationId}",
            "showReservation",
            Tag::Reservations,
            show,
        )
        .about("One of your reservations", "As it stands now.")
        .access(Access::User)
        .answers::<ReservationBody>(200, "The reservation.", &[])
        .errors(&[Code::ReservationNotFound, Code::Unavailable]),
        Operation::new(
            Verb::Delete,
            "/api/v1/reservations/{reservationId}",
            "giveUpReservation",
            Tag::Reservations,
            cancel,
        )
        .about("Give up an unpaid hold", "Its seats are free at once. Repeatable.")
        .access(Access::User)
        .answers_plainly(204, "Given up or lapsed, now or before.", None)
        .errors(&[Code::ReservationNotFound, Code::ReservationNotCancellable, Code::Unavailable]),
    ]
}

async fn hold(call: Call) -> Result<HttpResponse, Problem> {
    let seatline = call.seatline();
    let user_id = call.user().await?;
    let claims = call.queue_claims(user_id)?;
    let key = call.idempotency_key()?;
    let body: HoldBody = call.json().await?;
    let answer = seatline.hold_seats.execute(&claims, body.parse(key)?).await?;
    let location = format!("/api/v1/reservations/{}", answer.value.id);
    Ok(replayable(answer, Some(location), ReservationBody::from))
}

async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let page = call.seatline().list_reservations.execute(user_id, call.page()?).await?;
    Ok(json(&PageBody::render(page, ReservationBody::from)))
}

async fn show(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let reservation = call.seatline().show_reservation.execute(user_id, call.path_id()?).await?;
    Ok(json(&ReservationBody::from(reservation)))
}

async fn cancel(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    call.seatline().cancel_reservation.execute(user_id, call.path_id()?).await?;
    Ok(no_content())
}
