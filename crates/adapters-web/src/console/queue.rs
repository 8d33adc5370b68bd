//! Steering a waiting room: how many are admitted, and whether anybody is.

use seatline_application::operators::QueueChange;
use seatline_domain::audit::Reason;
use seatline_domain::commands::ConfigureError;
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::RoomStatus;

use super::parse::{capacity, rate, text};
use super::sale::{CAPACITY, RATE, REASON, page};
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

/// Sets capacity and rate, or shows what they would do.
pub(crate) async fn configure(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let mut typed = Typed::of(&visit).await?;
    let capacity = typed.take(CAPACITY, capacity(visit.words, typed.value(CAPACITY)));
    let rate = typed.take(RATE, rate(visit.words, typed.value(RATE)));
    let (Some(capacity), Some(rate)) = (capacity, rate) else {
        return page(&visit, staff, &concert, &typed, None).await;
    };
    if typed.value("do") == "preview" {
        return page(&visit, staff, &concert, &typed, Some((capacity, rate))).await;
    }
    let change =
        QueueChange { capacity: Some(capacity), admit_per_minute: Some(rate), ..QueueChange::default() };
    change_room(&visit, staff, &concert, (change, None), &typed, Notice::ROOM_CHANGED).await
}

/// Lets nobody in until it is opened again.
pub(crate) async fn pause(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let mut typed = Typed::of(&visit).await?;
    let reason = match typed.value(REASON).trim() {
        "" => None,
        reason => match typed.take(REASON, text(visit.words, reason)) {
            None => return page(&visit, staff, &concert, &typed, None).await,
            reason => reason,
        },
    };
    let change = QueueChange { status: Some(RoomStatus::Paused), ..QueueChange::default() };
    change_room(&visit, staff, &concert, (change, reason), &typed, Notice::ROOM_PAUSED).await
}

pub(crate) async fn open(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let typed = Typed::of(&visit).await?;
    let change = QueueChange { status: Some(RoomStatus::Open), ..QueueChange::default() };
    change_room(&visit, staff, &concert, (change, None), &typed, Notice::ROOM_OPENED).await
}

async fn change_room(
    visit: &Visit,
    staff: Staff,
    concert: &Concert,
    (change, reason): (QueueChange, Option<Reason>),
    typed: &Typed,
    done: Notice,
) -> Answer {
    let key = Some(typed.idempotency_key()?);
    let configure = &visit.seatline().configure_queue;
    let notice = match configure.execute(staff.operator(), concert.id, change, reason, key).await {
        Ok(_) => done,
        Err(ConfigureError::KeyReused(_)) => Notice::AGAIN,
        Err(ConfigureError::ConcertNotFound) => return Err(Refusal::NotFound),
        Err(ConfigureError::Storage(error)) => return Err(error.into()),
    };
    Ok(lead(&notice.at(&format!("/console/concerts/{}", concert.id)), []))
}
