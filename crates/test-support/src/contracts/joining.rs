//! Joining the line of a concert.

use chrono::TimeDelta;
use seatline_domain::commands::{ConfigureQueueCommand, JoinError, JoinQueueCommand, LeaveQueueCommand};
use seatline_domain::id::ConcertId;
use seatline_domain::idempotency::KeyReused;
use seatline_domain::queue::{Number, PassState, RoomStatus};

use super::{Fixture, setup};
use crate::setup::key;

pub(super) async fn numbers_are_dense_and_in_order(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(2).add_concert().await;
    for expected in 1..=6 {
        let joined = setup.join(&concert, setup.user().await).await;
        assert!(joined.created);
        assert_eq!(joined.pass.number, Number::new(expected));
    }
    assert_eq!(setup.figures(&concert).await.last_number, 6);
}

pub(super) async fn joining_again_gives_the_same_place(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let (active, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    setup.user_in_line(&concert, 0).await;
    for user in [active, waiting] {
        let again = setup.join(&concert, user.id).await;
        assert!(!again.created);
        assert_eq!(again.pass, user.pass);
    }
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.last_number, figures.waiting, figures.active), (3, 2, 1));
}

pub(super) async fn where_nobody_waits_a_turn_comes_at_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(2).pass_ttl(TimeDelta::minutes(20)).add_concert().await;
    for number in [1, 2] {
        let joined = setup.join(&concert, setup.user().await).await;
        let active = PassState::Active {
            admitted_at: joined.as_of,
            expires_at: joined.as_of + TimeDelta::minutes(20),
            show_up_by: Some(joined.as_of + TimeDelta::minutes(2)),
            ends_by: joined.as_of + TimeDelta::minutes(60),
        };
        assert_eq!((joined.pass.state, joined.ahead), (active, Some(0)));
        assert_eq!(setup.pass_state(concert.id, Number::new(number)).await, active);
        assert_eq!(setup.figures(&concert).await.now_serving, number);
    }
}

pub(super) async fn in_a_full_room_people_wait_and_know_how_many_are_ahead(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    setup.user_in_line(&concert, 0).await;
    for ahead in 0..3 {
        let joined = setup.join(&concert, setup.user().await).await;
        assert_eq!((joined.pass.state, joined.ahead), (PassState::Waiting, Some(ahead)));
    }
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.now_serving, figures.waiting, figures.active), (1, 3, 1));
}

pub(super) async fn nobody_overtakes_those_who_wait(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let active = setup.user_in_line(&concert, 0).await;
    let waiting = setup.user_in_line(&concert, 0).await;
    active.leave().await.unwrap();
    let late = setup.join(&concert, setup.user().await).await;
    assert_eq!((late.pass.state, late.ahead), (PassState::Waiting, Some(1)));
    assert_eq!(setup.admit(&concert).await, [waiting.pass.number.get()]);
}

pub(super) async fn a_paused_room_takes_joins_and_admits_nobody(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(5).add_concert().await;
    let pause = ConfigureQueueCommand {
        concert_id: concert.id,
        capacity: None,
        admit_per_minute: None,
        status: Some(RoomStatus::Paused),
        reason: None,
        stamp: setup.stamp(),
        key: None,
    };
    fixture.ports().rooms.configure(pause.clone()).await.unwrap();
    let joined = setup.join(&concert, setup.user().await).await;
    assert_eq!(joined.pass.state, PassState::Waiting);
    assert!(setup.admit(&concert).await.is_empty());
    let open = ConfigureQueueCommand { status: Some(RoomStatus::Open), stamp: setup.stamp(), ..pause };
    fixture.ports().rooms.configure(open).await.unwrap();
    assert_eq!(setup.admit(&concert).await, [1]);
}

pub(super) async fn an_unknown_concert_has_no_line(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let command = JoinQueueCommand {
        concert_id: ConcertId::new(setup.id()),
        user_id: setup.user().await,
        seats_left: None,
        key: None,
    };
    let (queue, rooms) = (&fixture.ports().queue, &fixture.ports().rooms);
    assert_eq!(rooms.join(command.clone()).await, Err(JoinError::ConcertNotFound));
    assert_eq!(queue.pass(command.concert_id, Number::new(1)).await, Ok(None));
    assert_eq!(queue.figures(command.concert_id).await, Ok(None));
}

pub(super) async fn a_key_joins_once_and_no_more_after_leaving(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, other) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    let rooms = &fixture.ports().rooms;
    let command = JoinQueueCommand {
        concert_id: concert.id,
        user_id: setup.user().await,
        seats_left: None,
        key: Some(key("join")),
    };
    let first = rooms.join(command.clone()).await.unwrap();
    assert!(first.created && !first.replayed);
    let again = rooms.join(command.clone()).await.unwrap();
    assert!(again.created && again.replayed);
    assert_eq!(again.pass.number, first.pass.number);
    let found = JoinQueueCommand { key: Some(key("again")), ..command.clone() };
    for replayed in [false, true] {
        let joined = rooms.join(found.clone()).await.unwrap();
        assert_eq!(
            (joined.pass.number, joined.created, joined.replayed),
            (first.pass.number, false, replayed)
        );
    }
    let elsewhere = JoinQueueCommand { concert_id: other.id, ..command.clone() };
    assert_eq!(rooms.join(elsewhere).await, Err(JoinError::KeyReused(KeyReused)));
    let number = first.pass.number;
    let leave = LeaveQueueCommand { concert_id: concert.id, user_id: command.user_id, number };
    rooms.leave(leave).await.unwrap();
    assert_eq!(rooms.join(command.clone()).await, Err(JoinError::Over { number, created: true }));
    let anew = rooms.join(JoinQueueCommand { key: None, ..command.clone() }).await.unwrap();
    assert!(anew.created && anew.pass.number > number);
    assert_eq!(rooms.join(command).await, Err(JoinError::Over { number, created: true }), "the first one");
}

pub(super) async fn after_a_pass_has_ended_its_user_joins_anew_at_the_end(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let (left, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    left.leave().await.unwrap();
    waiting.leave().await.unwrap();
    setup.user_in_line(&concert, 0).await;
    for (user, number) in [(left, 4), (waiting, 5)] {
        let anew = setup.join(&concert, user.id).await;
        assert!(anew.created);
        assert_eq!(anew.pass.number, Number::new(number));
        assert_eq!(anew.pass.state, PassState::Waiting);
    }
}

pub(super) async fn a_lapsed_pass_is_no_place_even_before_it_is_swept(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let ada = setup.user_in_line(&concert, 0).await;
    fixture.pass_time(TimeDelta::minutes(11)).await;
    let anew = setup.join(&concert, ada.id).await;
    assert!(anew.created, "her turn is over");
    assert_eq!(anew.pass.number, Number::new(2));
    assert!(matches!(anew.pass.state, PassState::Active { .. }), "and took up no room any more");
    assert!(!ada.is_active().await);
}

pub(super) async fn lines_of_different_concerts_are_separate(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (one, other) =
        (setup.sale().capacity(1).add_concert().await, setup.sale().capacity(1).add_concert().await);
    let ada = setup.user().await;
    setup.user_in_line(&one, 0).await;
    let (waiting, active) = (setup.join(&one, ada).await.pass, setup.join(&other, ada).await.pass);
    assert_eq!((waiting.number.get(), active.number.get()), (2, 1));
    assert_eq!(waiting.state, PassState::Waiting);
    assert!(matches!(active.state, PassState::Active { .. }));
}
