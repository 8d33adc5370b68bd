use std::sync::Arc;

use actix_web::web::Bytes;
use seatline_application::seats::{SeatEvent, SeatNews, SeatReader};
use seatline_domain::queue::PassEnd;
use seatline_domain::seat::{SeatRange, SeatRanges};
use serde::Serialize;
use utoipa::ToSchema;

use crate::unsent::PIECE_BYTES;

/// One server-sent event. Each field is a line of its own; an empty line ends the event.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatEvent)]
pub(super) struct SeatEventBody {
    /// The kind of event.
    event: EventName,
    /// The event's id; send it as `Last-Event-ID` when you connect again.
    #[schema(example = "1f0c44f2a9b3d671")]
    id: String,
    /// The milliseconds after which to connect again when the stream closes before the end.
    #[schema(minimum = 1_000, example = 1_000)]
    retry: i64,
    /// JSON, written on one line. With `seats`: `held`, `sold`, `blocked` and `mine`, lists of ranges `[first, last]`;
    /// every other seat is free. With `changes`: `free`, `held`, `sold` and `blocked`, what the seats that changed are now,
    /// and `mine` where one's own seats have changed: all of them, as they are now. With `ended`: `state`, that of the
    /// queue token.
    #[schema(
        content_media_type = "application/json",
        example = "{\"free\":[[2,2]],\"held\":[[7,9]],\"sold\":[],\"blocked\":[],\"mine\":[[7,7]]}"
    )]
    data: String,
}

/// Kind of an event.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = SeatEventName)]
#[serde(rename_all = "lowercase")]
enum EventName {
    /// Every seat that is not free.
    Seats,
    /// The seats that have changed.
    Changes,
    /// The turn is over; the stream closes.
    Ended,
}

/// Every seat that is not free.
#[derive(Serialize)]
struct Taken {
    held: Ranges,
    sold: Ranges,
    blocked: Ranges,
}

/// The seats that have changed.
#[derive(Serialize)]
struct Changes {
    free: Ranges,
    held: Ranges,
    sold: Ranges,
    blocked: Ranges,
}

/// Ranges in JSON.
#[derive(Serialize)]
struct Ranges(Vec<[u32; 2]>);

impl EventName {
    /// As it is written.
    const fn text(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Changes => "changes",
            Self::Ended => "ended",
        }
    }
}

impl SeatEventBody {
    /// The milliseconds after which to connect again.
    pub(super) const RETRY_MS: i64 = 1_000;

    /// An event as it goes over the wire, in pieces. What many are told is written once for all of them.
    pub(super) fn written(event: SeatEvent) -> serde_json::Result<Vec<Bytes>> {
        match event {
            SeatEvent::Seats(news) => written(EventName::Seats, news, |ranges| {
                let SeatRanges { free: _, held, sold, blocked } = ranges;
                opened(&Taken { held: held.into(), sold: sold.into(), blocked: blocked.into() })
            }),
            SeatEvent::Changes(news) => written(EventName::Changes, news, |ranges| {
                let SeatRanges { free, held, sold, blocked } = ranges;
                let (free, held) = (free.into(), held.into());
                opened(&Changes { free, held, sold: sold.into(), blocked: blocked.into() })
            }),
            SeatEvent::Ended(end) => {
                let (ended, state) = (EventName::Ended.text(), state_of(end));
                let retry = Self::RETRY_MS;
                let text = format!(
                    "event: {ended}\nid: {ended}\nretry: {retry}\ndata: {{\"state\":\"{state}\"}}\n\n"
                );
                Ok(vec![text.into()])
            }
        }
    }
}

fn written(
    name: EventName,
    news: SeatNews,
    write: impl FnOnce(&SeatRanges) -> Arc<[u8]>,
) -> serde_json::Result<Vec<Bytes>> {
    let SeatNews { shared, mine, version } = news;
    let retry = SeatEventBody::RETRY_MS;
    let head = format!("event: {}\nid: {version}\nretry: {retry}\ndata: ", name.text());
    let tail = match mine {
        Some(mine) => format!(",\"mine\":{}}}\n\n", serde_json::to_string(&Ranges::from(&mine))?),
        None => "}\n\n".into(),
    };
    let shared = shared.written(SeatReader::Program, write);
    if head.len() + shared.len() + tail.len() <= PIECE_BYTES {
        return Ok(vec![[head.as_bytes(), &shared, tail.as_bytes()].concat().into()]);
    }
    Ok(vec![head.into(), Bytes::from_owner(shared), tail.into()])
}

/// A body in JSON without its end. Ranges cannot fail to be written.
fn opened(body: &impl Serialize) -> Arc<[u8]> {
    let json = serde_json::to_vec(body).unwrap_or_default();
    json.strip_suffix(b"}").unwrap_or_default().into()
}

/// The state of a queue token whose turn ended so.
const fn state_of(end: PassEnd) -> &'static str {
    match end {
        PassEnd::Completed => "COMPLETED",
        PassEnd::Expired => "EXPIRED",
        PassEnd::Left => "LEFT",
        PassEnd::LineEnded => "ENDED",
    }
}

impl From<&Vec<SeatRange>> for Ranges {
    fn from(ranges: &Vec<SeatRange>) -> Self {
        Self(ranges.iter().map(|range| [range.first_seat.get(), range.last_seat.get()]).collect())
    }
}
