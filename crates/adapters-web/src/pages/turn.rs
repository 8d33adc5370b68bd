//! Those whose turn it is, and where all others are led.

use seatline_application::queue::TurnRefusal;
use seatline_application::seats::{PerformanceSeats, SeatsError};
use seatline_domain::concert::Concert;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::queue::QueueClaims;

use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::visit::{User, Visit};

/// Somebody in their turn, with what they look at.
pub(super) struct InTurn {
    pub(super) user: User,
    pub(super) claims: QueueClaims,
    pub(super) concert: Concert,
}

/// Whoever has no place in the line of a performance's concert is led to it.
pub(super) async fn in_turn(visit: &Visit, id: PerformanceId) -> Result<InTurn, Refusal> {
    let performance = visit.seatline().show_performance.execute(id).await?.performance;
    let concert = visit.seatline().show_concert.execute(performance.concert_id).await?;
    let line_first = || Refusal::Lead(Notice::LINE_FIRST.at(&format!("/concerts/{}", concert.id)));
    let user = match visit.user().await {
        Err(Refusal::NoAccount) => return Err(line_first()),
        user => user?,
    };
    let claims = visit.place_in_line(concert.id).ok_or_else(line_first)?.claims;
    Ok(InTurn { user, claims, concert })
}

/// The seats, for somebody in their turn; whoever waits is led back to the line.
pub(super) async fn seats_of(
    visit: &Visit,
    turn: &InTurn,
    id: PerformanceId,
) -> Result<PerformanceSeats, Refusal> {
    let shown = visit.seatline().show_seats.execute(&turn.claims, id).await;
    shown.map_err(|error| not_seen(error, turn.concert.id))
}

/// Where somebody is led who is not shown the seats.
pub(super) fn not_seen(error: SeatsError, concert: ConcertId) -> Refusal {
    match error {
        SeatsError::Turn(refusal) => not_in_turn(&refusal, concert),
        SeatsError::Storage(error) => error.into(),
        SeatsError::ConcertNotFound | SeatsError::PerformanceNotFound | SeatsError::DateNotFound => {
            Refusal::NotFound
        }
    }
}

pub(super) fn not_in_turn(refusal: &TurnRefusal, concert: ConcertId) -> Refusal {
    let path = format!("/concerts/{concert}");
    Refusal::Lead(match refusal {
        TurnRefusal::NotAdmitted { .. } => format!("{path}/line"),
        TurnRefusal::Ended(_) => Notice::TURN_OVER.at(&path),
        TurnRefusal::Mismatch | TurnRefusal::Unknown => Notice::LINE_FIRST.at(&path),
    })
}
