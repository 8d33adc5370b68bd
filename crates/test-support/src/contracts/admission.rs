//! Admission: strictly by number, never beyond the capacity or the rate.

use chrono::TimeDelta;
use seatline_domain::commands::{AdmitWaitingCommand, Admitted, ConfigureQueueCommand};
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Capacity, PassEnd, PassState};

use super::{Fixture, setup};
use crate::{Setup, TestUser};

async fn set_capacity(setup: Setup<'_>, concert: &Concert, capacity: u32) {
    let change = ConfigureQueueCommand {
        concert_id: concert.id,
        capacity: Some(Capacity::parse(capacity).unwrap()),
        admit_per_minute: None,
        status: None,
        reason: None,
        stamp: setup.stamp(),
        key: None,
    };
    setup.ports.rooms.configure(change).await.unwrap();
}

async fn line<'p>(setup: Setup<'p>, concert: &Concert, people: usize) -> Vec<TestUser<'p>> {
    let mut line = Vec::new();
    for _ in 0..people {
        line.push(setup.user_in_line(concert, 0).await);
    }
    line
}

pub(super) async fn people_are_admitted_by_number_up_to_the_capacity(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    line(setup, &concert, 6).await;
    assert!(setup.admit(&concert).await.is_empty(), "the room is full");
    set_capacity(setup, &concert, 4).await;
    assert_eq!(setup.admit(&concert).await, [2, 3, 4]);
    assert!(setup.admit(&concert).await.is_empty(), "full again");
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.now_serving, figures.waiting, figures.active), (4, 2, 4));
}

pub(super) async fn a_lower_capacity_throws_nobody_out(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(3).add_concert().await;
    let people = line(setup, &concert, 5).await;
    set_capacity(setup, &concert, 1).await;
    assert_eq!(setup.figures(&concert).await.active, 3);
    for leaver in people.iter().take(2) {
        leaver.leave().await.unwrap();
        assert!(setup.admit(&concert).await.is_empty());
    }
    people.get(2).unwrap().leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [4]);
}

pub(super) async fn those_who_left_the_line_are_passed_over(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let people = line(setup, &concert, 6).await;
    for leaver in [1, 2, 4, 0] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    set_capacity(setup, &concert, 2).await;
    assert_eq!(setup.admit(&concert).await, [4, 6]);
    assert_eq!(setup.figures(&concert).await.waiting, 0);
}

pub(super) async fn an_admitted_person_has_a_pass_and_must_show_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let described = setup.sale().capacity(1).pass_ttl(TimeDelta::minutes(9));
    let concert = described.show_up_within(TimeDelta::minutes(3)).add_concert().await;
    let people = line(setup, &concert, 2).await;
    people.first().unwrap().leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [2]);
    let PassState::Active { admitted_at, expires_at, show_up_by, ends_by } =
        people.last().unwrap().state().await
    else {
        panic!("admitted means active");
    };
    assert_eq!(expires_at - admitted_at, TimeDelta::minutes(9));
    assert_eq!(show_up_by, Some(admitted_at + TimeDelta::minutes(3)));
    assert_eq!(ends_by, admitted_at + TimeDelta::minutes(27));
}

pub(super) async fn no_more_are_admitted_than_the_rate_allows(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().admit_per_minute(1).add_concert().await;
    let people = line(setup, &concert, 3).await;
    assert!(people.first().unwrap().is_active().await, "the first comes in at once");
    assert!(!people.get(1).unwrap().is_active().await, "the second is too soon");
    assert!(setup.admit(&concert).await.is_empty());
    fixture.pass_time(TimeDelta::minutes(5)).await;
    assert_eq!(setup.admit(&concert).await, [2], "five idle minutes are not caught up");
    assert!(setup.admit(&concert).await.is_empty());
    fixture.pass_time(TimeDelta::seconds(62)).await;
    assert_eq!(setup.admit(&concert).await, [3]);
}

pub(super) async fn a_lapsed_pass_makes_room_for_the_next(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(2).pass_ttl(TimeDelta::minutes(10)).add_concert().await;
    let people = line(setup, &concert, 4).await;
    for present in people.iter().take(2) {
        present.show_up().await.unwrap();
    }
    fixture.pass_time(TimeDelta::minutes(9)).await;
    assert!(setup.admit(&concert).await.is_empty());
    fixture.pass_time(TimeDelta::minutes(2)).await;
    let step = fixture.ports().rooms.admit(AdmitWaitingCommand { concert_id: concert.id }).await.unwrap();
    assert_eq!(step.numbers.iter().map(|number| number.get()).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(step.expired, 2);
    for late in people.iter().take(2) {
        assert!(matches!(late.state().await, PassState::Ended { end: PassEnd::Expired, .. }));
    }
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.active, figures.expired), (2, 0));
}

pub(super) async fn the_place_of_a_no_show_goes_to_the_next(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).show_up_within(TimeDelta::minutes(2)).add_concert().await;
    let people = line(setup, &concert, 3).await;
    people.first().unwrap().leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [2]);
    fixture.pass_time(TimeDelta::minutes(3)).await;
    assert!(!people.get(1).unwrap().is_active().await, "over, before anybody writes it down");
    assert_eq!(setup.admit(&concert).await, [3]);
}

pub(super) async fn who_is_admitted_at_joining_and_never_comes_back_loses_the_turn(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).show_up_within(TimeDelta::minutes(2)).add_concert().await;
    let people = line(setup, &concert, 2).await;
    assert!(people.first().unwrap().is_active().await);
    fixture.pass_time(TimeDelta::minutes(3)).await;
    assert!(!people.first().unwrap().is_active().await);
    assert_eq!(setup.admit(&concert).await, [2]);
}

pub(super) async fn showing_up_keeps_the_turn_and_is_written_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).show_up_within(TimeDelta::minutes(2)).add_concert().await;
    let people = line(setup, &concert, 3).await;
    let (first, second) = (people.first().unwrap(), people.get(1).unwrap());
    let waiting = second.show_up().await.unwrap();
    assert_eq!(waiting.state, PassState::Waiting, "too early to count");
    first.leave().await.unwrap();
    setup.admit(&concert).await;
    let shown_up = second.show_up().await.unwrap();
    assert!(matches!(shown_up.state, PassState::Active { show_up_by: None, .. }));
    assert_eq!(second.show_up().await, Ok(shown_up));
    fixture.pass_time(TimeDelta::minutes(3)).await;
    assert!(second.is_active().await);
    assert!(setup.admit(&concert).await.is_empty());
}

pub(super) async fn a_no_show_who_comes_late_is_not_let_in(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).show_up_within(TimeDelta::minutes(2)).add_concert().await;
    let people = line(setup, &concert, 2).await;
    people.first().unwrap().leave().await.unwrap();
    setup.admit(&concert).await;
    fixture.pass_time(TimeDelta::minutes(3)).await;
    people.last().unwrap().show_up().await.unwrap();
    let state = people.last().unwrap().state().await;
    assert!(matches!(state, PassState::Ended { end: PassEnd::Expired, .. }));
}

pub(super) async fn paying_makes_room_for_the_next(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).open().await;
    let (payer, next) = (setup.user_in_turn(&concert).await, setup.user_in_line(&concert, 0).await);
    payer.pay(&payer.hold(&performance, &[1]).await).await;
    assert_eq!(setup.admit(&concert).await, [next.pass.number.get()]);
}

pub(super) async fn where_there_is_no_room_nobody_is_admitted(fixture: &dyn Fixture) {
    let nowhere = ConcertId::new(setup(fixture).id());
    let step = fixture.ports().rooms.admit(AdmitWaitingCommand { concert_id: nowhere }).await;
    assert_eq!(step, Ok(Admitted::default()));
}
