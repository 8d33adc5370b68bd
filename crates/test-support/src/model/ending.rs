use std::collections::BTreeMap;

use seatline_domain::audit::{AuditEntry, Fact, Facts, NO_CONCERT};
use seatline_domain::concert::{Concert, PerformanceFilter};
use seatline_domain::event::EventPosition;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::queue::{BoardWatermark, Number};

use super::side::Side;
use super::verdict::{
    tell_entry, tell_figures, tell_pass, tell_payment, tell_reservation, tell_seat, tell_ticket,
};
use super::{operator_keys, webhooks};

/// What one side shows when all is done: what was looked at, and what there was.
pub(super) async fn ending(side: &Side) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for user in &side.users {
        tell_user(side, *user, &mut told).await;
    }
    for concert in &side.concerts {
        tell_concert(side, concert, &mut told).await;
    }
    for performance in &side.performances {
        let map = side.ports.inventory.seat_map(performance.id).await.unwrap();
        let seats: Vec<_> = map.states().map(|(seat, state)| tell_seat(seat, state)).collect();
        told.push((format!("the seats of {}", performance.id), seats.join("\n")));
        let tickets = side.ports.tickets.tickets_of_performance(performance.id, most()).await.unwrap().items;
        let tickets: Vec<_> = tickets.iter().map(|one| format!("{} {:?}", one.id, one.state)).collect();
        told.push((format!("the tickets of {}", performance.id), tickets.join("\n")));
    }
    let keys = side.ports.operator_keys.keys(most()).await.unwrap().items;
    let keys: Vec<_> = keys.iter().map(operator_keys::tell).collect();
    told.push(("the operators' keys".to_owned(), keys.join("\n")));
    told.push((
        "the audit record without a concert".to_owned(),
        audit_record(side, NO_CONCERT).await.join("\n"),
    ));
    told.push(("what others are told".to_owned(), events(side).await.join("\n")));
    told.push(("the webhooks".to_owned(), webhooks::told(side).await.join("\n")));
    let violations = side.ports.inspection.violations().await.unwrap();
    assert!(violations.is_empty(), "{violations:?}");
    told
}

/// The kinds of everything that was told, in its order.
async fn events(side: &Side) -> Vec<String> {
    while side.ports.feed.publish(500).await.unwrap() > 0 {}
    let (mut told, mut place) = (Vec::new(), EventPosition::START);
    loop {
        let events = side.ports.feed.after(place, PageLimit::largest()).await.unwrap();
        let Some(last) = events.last() else { return told };
        place = last.position;
        told.extend(events.iter().map(|event| format!("{} {}", event.position.get(), event.kind.name())));
    }
}

fn most<C>() -> PageRequest<C> {
    PageRequest { limit: PageLimit::parse(PageLimit::MAX).unwrap(), after: None }
}

async fn tell_user(side: &Side, user: UserId, told: &mut Vec<(String, String)>) {
    let ports = &side.ports;
    let mut tell =
        |what: &str, lines: Vec<String>| told.push((format!("the {what} of {user}"), lines.join("\n")));
    tell("balance", vec![ports.wallets.balance(user).await.unwrap().to_string()]);
    let entries = ports.wallets.entries(user, most()).await.unwrap().items;
    tell("ledger", entries.iter().map(tell_entry).collect());
    let reservations = ports.reservations.reservations(user, most()).await.unwrap().items;
    tell("reservations", reservations.iter().map(tell_reservation).collect());
    let payments = ports.payments.payments(user, most()).await.unwrap().items;
    tell("payments", payments.iter().map(tell_payment).collect());
    let mut tickets = ports.tickets.tickets(user, most()).await.unwrap().items;
    // Performances of each side start as long after its own beginning.
    tickets.sort_by_key(|ticket| ticket.id);
    tell("tickets", tickets.iter().map(tell_ticket).collect());
    let mut owned = ports.payments.owned_seats(user, 1_000).await.unwrap().newest;
    owned.sort_by_key(|seat| (seat.reservation_id, seat.seat_number));
    let owned = owned.iter().map(|seat| (seat.reservation_id, seat.seat_number, &seat.section, &seat.title));
    tell("bought seats", owned.map(|seat| format!("{seat:?}")).collect());
}

async fn tell_concert(side: &Side, concert: &Concert, told: &mut Vec<(String, String)>) {
    let (ports, id) = (&side.ports, concert.id);
    let figures = side.setup().figures(concert).await;
    let mut tell =
        |what: &str, lines: Vec<String>| told.push((format!("the {what} of {id}"), lines.join("\n")));
    tell("queue", vec![tell_figures(&figures)]);
    let mut passes = Vec::new();
    for number in 1..=figures.last_number {
        let read = ports.queue.pass(id, Number::new(number)).await.unwrap();
        passes.push(read.map_or("removed".to_owned(), |read| tell_pass(&read.pass, read.as_of)));
    }
    tell("passes", passes);
    let seen = BTreeMap::from([(id, BoardWatermark::default())]);
    let news = ports.queue.news(seen).await.unwrap();
    let update = news.rooms.into_iter().find(|update| update.figures.concert_id == id).unwrap();
    let left = update.departures.iter().map(|one| (one.sequence, one.number));
    tell("departures", left.map(|left| format!("{left:?}")).collect());
    // How admissions fall into steps depends on when they were made; up to where they reach does not.
    let admitted = update.admissions.last().map(|step| step.up_to);
    tell("last admission", admitted.map(|up_to| up_to.to_string()).into_iter().collect());
    let sales = ports.programme.sales(id, most()).await.unwrap().items;
    let sales = sales.iter().map(|one| {
        (one.performance_id, one.available, one.held, one.sold, one.blocked, one.revenue, one.checked_in)
    });
    tell("sales", sales.map(|sales| format!("{sales:?}")).collect());
    let shows = ports.programme.performances(id, PerformanceFilter::default(), most()).await.unwrap().items;
    let shows = shows
        .iter()
        .map(|one| (one.performance.id, one.available_seats, one.is_bookable(), one.performance.price_to));
    tell("performances", shows.map(|show| format!("{show:?}")).collect());
    tell("audit record", audit_record(side, id).await);
}

async fn audit_record(side: &Side, concert: ConcertId) -> Vec<String> {
    let entries = side.ports.audit.entries(concert, most()).await.unwrap().items;
    let tell = |entry: &AuditEntry| match &entry.before {
        Some(before) => format!(
            "{} {:?} {:?} {:?}",
            entry.stamp.entry_id,
            entry.action,
            without_instants(before),
            without_instants(&entry.after)
        ),
        None => format!("{} {:?}", entry.stamp.entry_id, entry.action),
    };
    entries.iter().map(tell).collect()
}

/// The values that do not depend on when the sequence was begun: each side has a time of its own.
fn without_instants(facts: &Facts) -> Vec<(&String, &Fact)> {
    facts.iter().filter(|(_, fact)| !matches!(fact, Fact::Instant(_))).collect()
}
