//! Seat maps, for those whose turn it is.

use chrono::NaiveDate;
use seatline_application::seats::{SeatsError, SeatsOfDate};
use seatline_domain::id::{ConcertId, PerformanceId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Revalidated;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, LimitedUser, Path, Query, Representation};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::seat_maps::{DateSeatsBody, SeatMapBody, SeatsAnswer};
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_seats).limited(Limited::Seats).errors(&[Code::PerformanceNotFound, Code::Unavailable]),
        endpoint!(show_seats_of_date).limited(Limited::Seats).errors(&[
            Code::ConcertNotFound,
            Code::DateNotFound,
            Code::Unavailable,
        ]),
    ]
}

/// Show the seats of a performance
///
/// All of them with who has them, by number.
#[utoipa::path(get, path = "/api/v1/performances/{performanceId}/seats", operation_id = "showSeats", tag = "Seats", responses(
    (status = 200, description = "The seats as they are now.", body = SeatMapBody<'_>,
     headers(("ETag"), ("Cache-Control"))),
    (status = 304, description = "The client has the current content already."),
))]
async fn show_seats(
    LimitedUser(user): LimitedUser,
    performance: Path<PerformanceId>,
    turn: InTurn,
    filter: Query<SeatFilter>,
    wanted: Representation,
    app: State,
) -> Result<Revalidated, Problem> {
    let seats = app.seatline.show_seats.execute(&turn.0, performance.0).await?;
    let map = app.seat_maps.of(seats, filter.0.available).await?;
    revalidated(SeatsAnswer::of_performance(map.to(user.id)), &wanted, &app).await
}

/// Show the seats of every performance on one date
///
/// By start of the performance. Beyond 100,000 seats together, `seats` is null: ask for each performance by itself.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/dates/{date}/seats", operation_id = "showSeatsOfDate", tag = "Seats",
    responses(
        (status = 200, description = "The seats as they are now.", body = DateSeatsBody<'_>,
         headers(("ETag"), ("Cache-Control"))),
        (status = 304, description = "The client has the current content already."),
    ),
)]
async fn show_seats_of_date(
    LimitedUser(user): LimitedUser,
    concert: Path<ConcertId>,
    date: Path<NaiveDate>,
    turn: InTurn,
    filter: Query<SeatFilter>,
    wanted: Representation,
    app: State,
) -> Result<Revalidated, Problem> {
    let mut body = DateSeatsBody { concert_id: concert.0.uuid(), date: date.0, performances: Vec::new() };
    let mut maps = Vec::new();
    match app.seatline.show_seats_of_date.execute(&turn.0, concert.0, date.0).await? {
        SeatsOfDate::Maps(seats) => {
            for seats in seats {
                maps.push(app.seat_maps.of(seats, filter.0.available).await?.to(user.id));
            }
        }
        SeatsOfDate::TooMany(performances) => {
            let alone = performances
                .iter()
                .map(|one| SeatMapBody::without_seats(&one.performance, one.available_seats));
            body.performances.extend(alone);
        }
    }
    revalidated(SeatsAnswer::of_date(&body, maps)?, &wanted, &app).await
}

/// Answers with maps as the client accepts them, unless it has them.
async fn revalidated(
    answer: SeatsAnswer,
    wanted: &Representation,
    app: &State,
) -> Result<Revalidated, Problem> {
    let tag = answer.tag();
    match wanted.codings.for_bytes(answer.bytes()) {
        Some(coding) if !wanted.known.knows(&tag) => {
            match app.coded_answers.of(answer.digest(), coding, answer).await? {
                Ok(body) => Ok(Revalidated::coded(&tag, body, coding)),
                Err(answer) if wanted.codings.accepts_plain() => {
                    Ok(Revalidated::new(tag, answer, &wanted.known))
                }
                Err(_) => Err(Problem::unavailable()),
            }
        }
        _ => Ok(Revalidated::new(tag, answer, &wanted.known)),
    }
}

/// The seats that a client wants to see.
#[derive(Debug, Deserialize, IntoParams)]
struct SeatFilter {
    /// `true` for the free seats only; `false` for those that are not free. Without it, all seats.
    #[param(nullable = false)]
    available: Option<bool>,
}

impl From<SeatsError> for Problem {
    fn from(error: SeatsError) -> Self {
        match error {
            SeatsError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            SeatsError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            SeatsError::DateNotFound => Self::new(Code::DateNotFound),
            SeatsError::Turn(refusal) => refusal.into(),
            SeatsError::Storage(error) => error.into(),
        }
    }
}
