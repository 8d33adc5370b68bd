//! What changes of a performance's seats, as a stream for the script that draws them.

use std::fmt::Write;
use std::sync::Arc;

use actix_web::web::Bytes;
use futures::StreamExt;
use seatline_application::seats::{SeatEvent, SeatNews, SeatReader, WatchSeatsError};
use seatline_application::streams::StreamRefusal;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{SeatRange, SeatRanges};

use super::turn::{in_turn, not_seen};
use crate::limits::Action;
use crate::refusal::{Answer, Refusal};
use crate::visit::Visit;

/// The milliseconds after which a browser that loses the stream asks for it again.
const RETRY_MS: i64 = 1_000;

/// Sends every seat that is not free, unless the script knows that; then what changes, until the turn is over.
pub(crate) async fn events(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    visit.admit(Action::SeeSeats, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::SeeSeats, Some(&turn.user))?;
    let known = visit.asked_for("known").and_then(|version| version.parse().ok());
    let watched = visit.seatline().watch_seats.subscribe(&turn.claims, id, known).await;
    let mut seats = watched.map_err(|error| match error {
        WatchSeatsError::Seats(error) => not_seen(error, turn.concert.id),
        WatchSeatsError::Refused(refusal) => {
            if matches!(refusal, StreamRefusal::Full) {
                visit.site.streams.refused();
            }
            Refusal::Busy
        }
    })?;
    let first = seats.take_first().map(|news| written(SeatEvent::Seats(news))).unwrap_or_default();
    let events = Box::pin(seats.map(written));
    let sent = visit.site.streams.send(&visit.request, turn.user.id, RETRY_MS, first, events);
    sent.map_err(Refusal::TooMany)
}

/// An event, in parts: what many are told is written once for all of them.
fn written(event: SeatEvent) -> Vec<Bytes> {
    match event {
        SeatEvent::Seats(news) => told("seats", news),
        SeatEvent::Changes(news) => told("changes", news),
        SeatEvent::Ended(_) => vec![Bytes::from_static(b"event: ended\ndata: over\n\n")],
    }
}

/// Ranges, each after the letter of what its seats are now; last and only where they are told, one's own seats.
fn told(name: &str, SeatNews { shared, mine, version }: SeatNews) -> Vec<Bytes> {
    let head = format!("event: {name}\nid: {version}\ndata: ");
    let shared = shared.written(SeatReader::Page, |ranges| {
        let SeatRanges { free, held, sold, blocked } = ranges;
        let mut text = String::new();
        for (letter, ranges) in [('f', free), ('h', held), ('s', sold), ('b', blocked)] {
            write_ranges(&mut text, letter, ranges);
        }
        Arc::from(text.into_bytes())
    });
    let mut tail = String::new();
    if let Some(mine) = mine {
        // Without a range, it says that there is none.
        tail.push('m');
        write_ranges(&mut tail, 'm', &mine);
    }
    tail.push_str("\n\n");
    vec![head.into(), Bytes::from_owner(shared), tail.into()]
}

fn write_ranges(text: &mut String, letter: char, ranges: &[SeatRange]) {
    for SeatRange { first_seat, last_seat } in ranges {
        let (first, last) = (first_seat.get(), last_seat.get());
        let _ = if first == last {
            write!(text, "{letter}{first}")
        } else {
            write!(text, "{letter}{first}-{last}")
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatline_domain::seat::SeatNumber;

    #[test]
    fn ranges_are_short() {
        let range = |first, last| SeatRange {
            first_seat: SeatNumber::parse(first).unwrap(),
            last_seat: SeatNumber::parse(last).unwrap(),
        };
        let mut text = String::new();
        write_ranges(&mut text, 'h', &[range(4, 5), range(9, 9)]);
        assert_eq!(text, "h4-5h9");
    }
}
