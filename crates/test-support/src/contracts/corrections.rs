//! Changes of the programme while seats are sold.

use chrono::TimeDelta;
use seatline_domain::audit::{AuditAction, AuditEntry, Fact};
use seatline_domain::commands::{ChangeConcertCommand, ChangePerformanceCommand, HoldError, TurnError};
use seatline_domain::concert::{
    Concert, ConcertChange, ConcertError, Performance, PerformanceChange, PerformanceError, SeatLimit,
};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::PageRequest;
use seatline_domain::text::Text;

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::key;

fn of_concert(setup: Setup<'_>, concert: &Concert, change: ConcertChange) -> ChangeConcertCommand {
    ChangeConcertCommand { concert_id: concert.id, change, stamp: setup.stamp(), key: None }
}

fn of_performance(
    setup: Setup<'_>,
    performance: &Performance,
    change: PerformanceChange,
) -> ChangePerformanceCommand {
    let (concert_id, performance_id) = (performance.concert_id, performance.id);
    ChangePerformanceCommand { concert_id, performance_id, change, stamp: setup.stamp(), key: None }
}

fn seats_per_user(limit: u32) -> ConcertChange {
    ConcertChange { max_seats_per_user: Some(SeatLimit::parse(limit).unwrap()), ..ConcertChange::default() }
}

/// A value before and after a change.
fn recorded(entry: &AuditEntry, name: &str) -> (Fact, Fact) {
    let before = entry.before.as_ref().and_then(|before| before.get(name));
    (before.cloned().unwrap(), entry.after.get(name).cloned().unwrap())
}

pub(super) async fn a_changed_concert_is_shown_at_once_and_the_change_is_recorded(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let concert = setup.sale().add_concert().await;
    ports.programme.concert(concert.id).await.unwrap();
    let change = ConcertChange { title: Some(Text::parse("Spring Gala").unwrap()), ..seats_per_user(7) };
    let command = of_concert(setup, &concert, change.clone());
    let changed = ports.editor.change_concert(command.clone()).await.unwrap();
    let expected = concert.changed(&change);
    assert_eq!(changed, Answer::existing(expected.clone()));
    assert_eq!(ports.programme.concert(concert.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(ports.programme.concerts(PageRequest::first()).await.unwrap().items, [expected]);
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!((entry.stamp, entry.action), (command.stamp, AuditAction::ConcertChanged));
    let limits = recorded(&entry, "maxSeatsPerUser");
    assert_eq!(limits, (Fact::Number(concert.max_seats_per_user.get().into()), Fact::Number(7)));
    let unknown = ChangeConcertCommand { concert_id: setup.sale().new_concert().concert.id, ..command };
    assert_eq!(ports.editor.change_concert(unknown).await, Err(ConcertError::NotFound));
}

pub(super) async fn a_changed_performance_is_shown_at_once_and_the_change_is_recorded(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    ports.programme.listed(performance.id).await.unwrap();
    let starts_at = performance.starts_at + TimeDelta::days(1);
    let change = PerformanceChange {
        starts_at: Some(starts_at),
        sales_close_at: Some(Some(starts_at - TimeDelta::hours(1))),
        refundable_until: Some(Some(starts_at - TimeDelta::days(7))),
        ..PerformanceChange::default()
    };
    let command = of_performance(setup, &performance, change);
    let changed = ports.editor.change_performance(command.clone()).await.unwrap();
    let expected = performance.changed(&change, concert.timezone, setup.now().await).unwrap();
    assert_ne!(expected.date, performance.date);
    assert_eq!(changed, Answer::existing(expected.clone()));
    assert_eq!(ports.programme.performance(performance.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(ports.programme.listed(performance.id).await.unwrap().unwrap().performance, expected);
    assert_eq!(ports.programme.performances_on(concert.id, expected.date).await.unwrap(), [expected]);
    assert!(ports.programme.performances_on(concert.id, performance.date).await.unwrap().is_empty());
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!((entry.stamp, entry.action), (command.stamp, AuditAction::PerformanceChanged));
    let closes = Fact::from(starts_at - TimeDelta::hours(1));
    assert_eq!(recorded(&entry, "salesCloseAt"), (Fact::None, closes));
    assert_eq!(recorded(&entry, "startsAt"), (performance.starts_at.into(), starts_at.into()));
}

pub(super) async fn a_change_that_breaks_a_rule_changes_nothing(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let past = setup.now().await - TimeDelta::hours(1);
    let change = PerformanceChange {
        starts_at: Some(past),
        sales_close_at: Some(Some(past)),
        ..PerformanceChange::default()
    };
    let command =
        ChangePerformanceCommand { key: Some(key("k")), ..of_performance(setup, &performance, change) };
    let refused = ports.editor.change_performance(command.clone()).await;
    assert_eq!(refused, Err(PerformanceError::StartsInPast));
    assert_eq!(ports.programme.performance(performance.id).await.unwrap(), Some(performance.clone()));
    let entries = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items;
    assert!(entries.iter().all(|entry| entry.action != AuditAction::PerformanceChanged));
    let change = PerformanceChange { starts_at: None, ..change };
    let answer =
        ports.editor.change_performance(ChangePerformanceCommand { change, ..command }).await.unwrap();
    assert!(!answer.replayed, "a refusal keeps no key");
}

pub(super) async fn a_change_is_made_once_a_key_whatever_others_changed_since(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let four = ChangeConcertCommand { key: Some(key("a")), ..of_concert(setup, &concert, seats_per_user(4)) };
    ports.editor.change_concert(four.clone()).await.unwrap();
    ports.editor.change_concert(of_concert(setup, &concert, seats_per_user(5))).await.unwrap();
    let again = ports.editor.change_concert(four.clone()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.value.max_seats_per_user.get(), 5, "as it stands now");
    let other = ChangeConcertCommand { change: seats_per_user(6), ..four };
    assert_eq!(ports.editor.change_concert(other).await, Err(ConcertError::KeyReused(KeyReused)));
    let until = Some(Some(performance.starts_at));
    let change = PerformanceChange { refundable_until: until, ..PerformanceChange::default() };
    let refundable =
        ChangePerformanceCommand { key: Some(key("b")), ..of_performance(setup, &performance, change) };
    assert!(!ports.editor.change_performance(refundable.clone()).await.unwrap().replayed);
    assert!(ports.editor.change_performance(refundable.clone()).await.unwrap().replayed);
    let reused = ChangePerformanceCommand { change: PerformanceChange::default(), ..refundable };
    assert_eq!(ports.editor.change_performance(reused).await, Err(PerformanceError::KeyReused(KeyReused)));
}

pub(super) async fn a_hold_goes_by_the_times_of_its_moment_and_not_by_those_remembered(
    fixture: &dyn Fixture,
) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let now = setup.now().await;
    let closed = PerformanceChange { sales_close_at: Some(Some(now)), ..PerformanceChange::default() };
    ports.editor.change_performance(of_performance(setup, &performance, closed)).await.unwrap();
    let refused = ada.try_hold(&performance, &[1]).await;
    assert_eq!(refused, Err(TurnError::Failed(HoldError::SalesClosed { closed_at: now })));
    let opens_at = now + TimeDelta::hours(1);
    let not_open = PerformanceChange {
        sales_open_at: Some(Some(opens_at)),
        sales_close_at: Some(None),
        ..PerformanceChange::default()
    };
    ports.editor.change_performance(of_performance(setup, &performance, not_open)).await.unwrap();
    let refused = ada.try_hold(&performance, &[1]).await;
    assert_eq!(refused, Err(TurnError::Failed(HoldError::SalesNotOpen { opens_at })));
    let open = PerformanceChange { sales_open_at: Some(None), ..PerformanceChange::default() };
    ports.editor.change_performance(of_performance(setup, &performance, open)).await.unwrap();
    ada.hold(&performance, &[1]).await;
}

pub(super) async fn a_hold_goes_by_the_seat_limit_of_its_moment(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1, 2]).await;
    ports.editor.change_concert(of_concert(setup, &concert, seats_per_user(1))).await.unwrap();
    let refused = bob.try_hold(&performance, &[3, 4]).await;
    assert_eq!(refused, Err(TurnError::Failed(HoldError::SeatLimitExceeded { limit: 1 })));
    ada.pay(&held).await;
    ports.editor.change_concert(of_concert(setup, &concert, seats_per_user(3))).await.unwrap();
    bob.hold(&performance, &[3, 4, 5]).await;
}
