//! Keeping seats back from the sale, and what the map of a performance asks for.

use seatline_application::seats::SeatsError;
use seatline_domain::commands::ChangeSeatsError;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{RangesError, SeatNumber, SeatRefusal, SeatsChange, policy};

use super::parse::ranges;
use super::performance::{self, SEATS};
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::pages::seats::operators_plan;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};
use crate::words::Words;

/// The most seats that are named in what is said about them.
const NAMED_MAX: usize = 12;

/// Blocks seats, or gives them back to the sale: all or none.
pub(crate) async fn change(visit: Visit, staff: Staff) -> Answer {
    let shown = performance::found(&visit).await?;
    let (words, id) = (visit.words, shown.performance.id);
    let mut typed = Typed::of(&visit).await?;
    let blocks = match typed.value("do") {
        "block" => true,
        "unblock" => false,
        _ => return Err(Refusal::Malformed),
    };
    if let Some(change) = typed.take(SEATS, read(words, typed.value(SEATS), blocks)) {
        let key = Some(typed.idempotency_key()?);
        let why = match visit.seatline().change_seats.execute(staff.operator(), id, change, key).await {
            Ok(_) => {
                let notice = if blocks { Notice::SEATS_BLOCKED } else { Notice::SEATS_UNBLOCKED };
                return Ok(lead(&notice.at(&performance::path(id)), []));
            }
            Err(ChangeSeatsError::NotFound) => return Err(Refusal::NotFound),
            Err(ChangeSeatsError::Storage(error)) => return Err(error.into()),
            Err(ChangeSeatsError::Cancelled) => words.text("wrong-cancelled").into_owned(),
            Err(ChangeSeatsError::KeyReused(_)) => words.text("notice-again").into_owned(),
            Err(ChangeSeatsError::SeatNotFound(seats)) => {
                words.with("wrong-no-seats", [("seats", named(&seats).into())])
            }
            Err(ChangeSeatsError::SeatTaken(refusal, seats)) => {
                let seats = [("seats", named(&seats).into())];
                match refusal {
                    SeatRefusal::Sold => words.with("wrong-sold", seats),
                    SeatRefusal::Held | SeatRefusal::Blocked => words.with("wrong-held", seats),
                }
            }
        };
        typed.refuse(SEATS, why);
    }
    performance::page(&visit, staff, shown, &typed).await
}

fn read(words: Words, typed: &str, blocks: bool) -> Result<SeatsChange, String> {
    let ranges = ranges(words, typed)?;
    let change = if blocks { SeatsChange::parse(&ranges, &[]) } else { SeatsChange::parse(&[], &ranges) };
    let max = |id: &str, max: u32| words.with(id, [("max", max.into())]);
    change.map_err(|error| match error {
        RangesError::Nothing => words.text("wrong-ranges").into_owned(),
        RangesError::TooMany | RangesError::TooManySeats => {
            max("wrong-seats-at-once", policy::MAX_SEATS_CHANGED)
        }
        RangesError::Range { .. } => max("wrong-range", policy::MAX_SEAT_NUMBER),
        RangesError::Overlap => words.text("wrong-overlap").into_owned(),
    })
}

fn named(seats: &[SeatNumber]) -> String {
    let numbers: Vec<_> = seats.iter().take(NAMED_MAX).map(|seat| seat.get().to_string()).collect();
    let more = if seats.len() > NAMED_MAX { ", …" } else { "" };
    format!("{}{more}", numbers.join(", "))
}

/// Where the seats are and how they stand, for the map.
pub(crate) async fn map(visit: Visit, _: Staff) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    let shown = visit.seatline().show_seats.to_operator(id).await.map_err(|error| match error {
        SeatsError::Storage(error) => Refusal::from(error),
        _ => Refusal::NotFound,
    })?;
    let layout = visit.seatline().show_layout.execute(id).await?;
    operators_plan(&visit, &layout, &shown.map)
}
