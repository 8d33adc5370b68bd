//! The seats that somebody has bought.

use askama::Template;
use seatline_application::accounts::ProfileError;
use seatline_domain::id::{ConcertId, ReservationId};

use super::seat_list::where_is;
use crate::frame::Frame;
use crate::limits::Action;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key};

#[derive(Template)]
#[template(path = "tickets.html")]
struct Page {
    frame: Frame,
    seats: Vec<Seat>,
    more: Option<String>,
    key: String,
}

struct Seat {
    concert_id: ConcertId,
    reservation_id: ReservationId,
    title: String,
    venue: String,
    moment: String,
    name: String,
    number: u32,
    refundable: bool,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    visit.admit(Action::List, None)?;
    let user = match visit.user().await {
        Err(Refusal::NoAccount) => {
            return visit.show(&Page {
                frame: visit.frame(),
                seats: Vec::new(),
                more: None,
                key: String::new(),
            });
        }
        user => user?,
    };
    visit.admit(Action::List, Some(&user))?;
    let profile = visit.seatline().show_profile.execute(user.id).await.map_err(|error| match error {
        ProfileError::NotFound => Refusal::NoAccount,
        ProfileError::Storage(error) => error.into(),
    })?;
    let mut seats = Vec::new();
    for owned in &profile.seats.newest {
        let concert = visit.seatline().show_concert.execute(owned.concert_id).await?;
        let layout = visit.seatline().show_layout.execute(owned.performance_id).await?;
        let shown = visit.seatline().show_performance.execute(owned.performance_id).await?;
        seats.push(Seat {
            concert_id: owned.concert_id,
            reservation_id: owned.reservation_id,
            title: concert.title.as_str().to_owned(),
            venue: concert.venue.as_str().to_owned(),
            number: owned.seat_number.get(),
            refundable: shown.performance.is_refundable(shown.as_of),
            moment: visit.words.moment(owned.starts_at, concert.timezone),
            name: where_is(visit.words, &layout, owned.seat_number),
        });
    }
    let beyond = usize::try_from(profile.seats.total).unwrap_or(usize::MAX) > seats.len();
    let more = beyond.then(|| visit.words.with("tickets-more", [("count", profile.seats.total.into())]));
    visit.show(&Page { frame: visit.frame(), seats, more, key: form_key()? })
}
