//! Correcting a concert, a performance and a price while seats are sold.

use seatline_domain::concert::{ConcertChange, ConcertError, PerformanceChange};
use seatline_domain::id::ConcertId;
use seatline_domain::seat::hall::SectionName;

use super::parse::{amount, moment, optional_moment, seat_limit, text};
use super::performance::{self, REFUNDABLE, SECTION};
use super::refused::{self, CLOSES, OPENS, PRICE, STARTS};
use super::sale;
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

/// Changes title, venue and seat limit of a concert.
pub(crate) async fn of_concert(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let mut typed = Typed::of(&visit).await?;
    let title = typed.take("title", text(visit.words, typed.value("title")));
    let venue = typed.take("venue", text(visit.words, typed.value("venue")));
    let limit = typed.take("limit", seat_limit(visit.words, typed.value("limit")));
    if !typed.is_good() {
        return sale::page(&visit, staff, &concert, &typed, None).await;
    }
    let change = ConcertChange { title, venue, max_seats_per_user: limit };
    let key = Some(typed.idempotency_key()?);
    let notice =
        match visit.seatline().change_concert.execute(staff.operator(), concert.id, change, key).await {
            Ok(_) => Notice::CORRECTED,
            Err(ConcertError::KeyReused(_)) => Notice::AGAIN,
            Err(ConcertError::NotFound) => return Err(Refusal::NotFound),
            Err(ConcertError::SeatLimit) => return Err(Refusal::Malformed),
            Err(ConcertError::Storage(error)) => return Err(error.into()),
        };
    Ok(lead(&notice.at(&format!("/console/concerts/{}", concert.id)), []))
}

/// Changes when a performance begins, is sold and can be given back.
pub(crate) async fn of_performance(visit: Visit, staff: Staff) -> Answer {
    let shown = performance::found(&visit).await?;
    let (words, zone, id) = (visit.words, shown.concert.timezone, shown.performance.id);
    let mut typed = Typed::of(&visit).await?;
    let starts_at = typed.take(STARTS, moment(words, typed.value(STARTS), zone));
    let mut optional = |name| {
        let read = optional_moment(words, typed.value(name), zone);
        typed.take(name, read)
    };
    let (opens, closes, refundable) = (optional(OPENS), optional(CLOSES), optional(REFUNDABLE));
    if typed.is_good() {
        let change = PerformanceChange {
            // The clocks of forms know no seconds.
            starts_at: starts_at.filter(|at| shown.differs(*at)),
            sales_open_at: opens,
            sales_close_at: closes,
            refundable_until: refundable,
        };
        let key = Some(typed.idempotency_key()?);
        match visit.seatline().change_performance.execute(staff.operator(), id, change, key).await {
            Ok(_) => return Ok(lead(&Notice::CORRECTED.at(&performance::path(id)), [])),
            Err(error) => {
                let (field, why) = refused::performance(words, error)?;
                typed.refuse(field, why);
            }
        }
    }
    performance::page(&visit, staff, shown, &typed).await
}

/// Changes the price of a section.
pub(crate) async fn of_price(visit: Visit, staff: Staff) -> Answer {
    let shown = performance::found(&visit).await?;
    let id = shown.performance.id;
    let mut typed = Typed::of(&visit).await?;
    let section = SectionName::parse(typed.value(SECTION)).map_err(|_| Refusal::NotFound)?;
    if let Some(price) = typed.take(PRICE, amount(visit.words, typed.value(PRICE))) {
        let key = Some(typed.idempotency_key()?);
        let change = (section, price);
        match visit.seatline().change_section.execute(staff.operator(), id, change, key).await {
            Ok(_) => return Ok(lead(&Notice::CORRECTED.at(&performance::path(id)), [])),
            Err(error) => {
                let (field, why) = refused::performance(visit.words, error)?;
                typed.refuse(field, why);
            }
        }
    }
    performance::page(&visit, staff, shown, &typed).await
}
