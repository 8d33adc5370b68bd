use std::collections::BTreeMap;

use seatline_domain::event::{Event, EventBody, EventKind};
use seatline_domain::point::LedgerEntryKind;
use seatline_domain::reservation::ReservationState;

use crate::rows::Rows;

/// What one decision changes is told, once, and nothing else is.
pub(crate) fn check_told(before: &Rows, after: &Rows, events: &[Event]) {
    let mut told: BTreeMap<EventKind, usize> = BTreeMap::new();
    for event in events {
        *told.entry(event.body.kind()).or_default() += 1;
    }
    let mut expected: BTreeMap<EventKind, usize> = BTreeMap::new();
    let mut expect = |kind, count: usize| *expected.entry(kind).or_default() += count;
    for (id, reservation) in &after.reservations {
        let was = before.reservations.get(id).map(|before| before.state);
        match (was, reservation.state) {
            (None, ReservationState::Held) => expect(EventKind::ReservationHeld, 1),
            (None, state) => assert_eq!(state, ReservationState::Held, "from the start"),
            (Some(ReservationState::Held), ReservationState::Expired { .. }) => {
                expect(EventKind::ReservationExpired, 1);
            }
            (Some(ReservationState::Held), ReservationState::Cancelled { .. }) => {
                expect(EventKind::ReservationCancelled, 1);
            }
            _ => {}
        }
    }
    for (id, payment) in &after.payments {
        let was = before.payments.get(id);
        expect(EventKind::PaymentCompleted, usize::from(was.is_none()));
        expect(EventKind::PaymentRefunded, payment.refunds.len() - was.map_or(0, |was| was.refunds.len()));
    }
    let entries = after.entries.iter().skip(before.entries.len());
    for charge in entries.filter(|entry| entry.kind == LedgerEntryKind::Charge) {
        expect(EventKind::ChargeCompleted, 1);
        assert!(events.iter().any(|event| event.body == EventBody::ChargeCompleted(charge.clone())));
    }
    expect(EventKind::TicketCheckedIn, after.check_ins.len() - before.check_ins.len());
    for (id, performance) in &after.performances {
        let was = before.performances.get(id).unwrap();
        let is_cancelled = !was.is_cancelled() && performance.is_cancelled();
        expect(EventKind::PerformanceCancelled, usize::from(is_cancelled));
        let is_changed = (was.starts_at, was.sales_close_at, &was.section_prices)
            != (performance.starts_at, performance.sales_close_at, &performance.section_prices);
        let changes = told.get(&EventKind::PerformanceChanged).copied().unwrap_or(0);
        assert!(!is_changed || changes == 1, "a change of {id:?} is not told");
    }
    expected.retain(|_, count| *count > 0);
    // A change may set what was set.
    told.remove(&EventKind::PerformanceChanged);
    assert_eq!(told, expected);
}
