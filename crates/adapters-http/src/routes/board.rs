//! Announced boards of waiting rooms, for anybody.

use seatline_domain::id::ConcertId;

use crate::answer::Revalidated;
use crate::boards::BoardBody;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Path, Representation};
use crate::problem::{Code, Problem};
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(show_board).errors(&[Code::ConcertNotFound, Code::Unavailable])]
}

/// Show a concert's line as it was announced
///
/// The same bytes for everybody, by every instance; a new one every second, for caches to hand out. Whoever waits far back
/// reckons their position from it and need not poll: it is never too low, too high by less than a bucket, and never rises,
/// by whatever copies it is reckoned, so long as none is older than one used before. With fewer than 2,000 people ahead, or a
/// number that was served: poll.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/board", operation_id = "showBoard", tag = "Waiting room",
    responses(
        (status = 200, description = "The board.", body = BoardBody, headers(("ETag"), ("Cache-Control"))),
        (status = 304, description = "The client has the current content already."),
    ),
)]
async fn show_board(
    concert: Path<ConcertId>,
    wanted: Representation,
    app: State,
) -> Result<Revalidated, Problem> {
    let board = app.seatline.show_board.execute(concert.0).await?;
    let shown = app.boards.of(&board)?;
    let bytes = u64::try_from(shown.body.len()).unwrap_or(u64::MAX);
    if let Some(coding) = wanted.codings.for_bytes(bytes)
        && !wanted.known.knows(&shown.tag)
    {
        let pieces = [shown.body.clone()].into_iter();
        match app.coded_answers.of(shown.digest, coding, pieces).await? {
            Ok(body) => return Ok(Revalidated::coded(&shown.tag, body, coding).kept_for_a_second()),
            Err(_) if wanted.codings.accepts_plain() => {}
            Err(_) => return Err(Problem::unavailable()),
        }
    }
    Ok(Revalidated::new(shown.tag, shown.body, &wanted.known).kept_for_a_second())
}
