//! Passes of closed rooms, and their removal.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use seatline_domain::commands::RemovePassesCommand;
use seatline_domain::concert::Concert;
use seatline_domain::queue::{Board, ClosedRoom, Number, PassState, policy};

use super::{Fixture, setup};

const KEEP: TimeDelta = TimeDelta::days(30);

async fn closed(fixture: &dyn Fixture) -> Vec<ClosedRoom> {
    fixture.ports().queue.closed_rooms(KEEP, 10).await.unwrap()
}

async fn remove(fixture: &dyn Fixture, room: ClosedRoom) -> u64 {
    fixture.ports().rooms.remove_passes(RemovePassesCommand { room, keep: KEEP }).await.unwrap()
}

/// Adds a performance that starts so many days from now.
async fn add_performance(fixture: &dyn Fixture, concert: &Concert, days: i64) {
    setup(fixture).sale().starts_in(TimeDelta::days(days)).add_performance(concert).await;
}

async fn is_known(fixture: &dyn Fixture, concert: &Concert, number: u64) -> bool {
    fixture.ports().queue.pass(concert.id, Number::new(number)).await.unwrap().is_some()
}

pub(super) async fn passes_of_a_closed_room_go_after_their_time(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(2).add_concert().await;
    for _ in 0..2 {
        setup.user_in_line(&concert, 0).await.leave().await.unwrap();
    }
    assert_eq!(closed(fixture).await, [], "it never had a performance");
    add_performance(fixture, &concert, -40).await;
    let rooms = closed(fixture).await;
    let [room] = rooms[..] else { panic!("{rooms:?}") };
    assert_eq!(room.concert_id, concert.id);
    let before = setup.figures(&concert).await;
    assert_eq!(remove(fixture, room).await, 2);
    assert!(!is_known(fixture, &concert, 1).await && !is_known(fixture, &concert, 2).await);
    assert_eq!(setup.figures(&concert).await, before, "what is told of the room stays");
    assert_eq!(remove(fixture, room).await, 0);
    assert_eq!(closed(fixture).await, [], "nothing is left to remove");
}

pub(super) async fn rooms_that_closed_lately_or_will_open_keep_their_passes(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    for last in [-29, 1] {
        let concert = setup.sale().add_concert().await;
        setup.user_in_line(&concert, 0).await.leave().await.unwrap();
        for days in [-40, last] {
            add_performance(fixture, &concert, days).await;
        }
        assert_eq!(closed(fixture).await, []);
        let last_start = setup.now().await + TimeDelta::days(last);
        assert_eq!(remove(fixture, ClosedRoom { concert_id: concert.id, last_start }).await, 0);
        assert!(is_known(fixture, &concert, 1).await);
    }
}

pub(super) async fn while_somebody_is_in_a_room_its_passes_are_kept(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let (first, second) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    add_performance(fixture, &concert, -40).await;
    let room = ClosedRoom { concert_id: concert.id, last_start: setup.now().await - TimeDelta::days(40) };
    assert_eq!(remove(fixture, room).await, 0, "one is active, one waits");
    first.leave().await.unwrap();
    assert_eq!(closed(fixture).await, []);
    assert_eq!(remove(fixture, room).await, 0, "one waits");
    assert_eq!(setup.admit(&concert).await, [2]);
    assert_eq!(remove(fixture, room).await, 0, "one is active");
    second.leave().await.unwrap();
    assert_eq!(remove(fixture, room).await, 2);
}

pub(super) async fn passes_go_the_lowest_numbers_first_a_few_at_a_time(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let people = policy::PASSES_REMOVED_PER_STEP + 1;
    for _ in 0..people {
        setup.user_in_line(&concert, 0).await.leave().await.unwrap();
    }
    add_performance(fixture, &concert, -40).await;
    let rooms = closed(fixture).await;
    let [room] = rooms[..] else { panic!("{rooms:?}") };
    assert_eq!(remove(fixture, room).await, policy::PASSES_REMOVED_PER_STEP);
    assert!(!is_known(fixture, &concert, people - 1).await && is_known(fixture, &concert, people).await);
    assert_eq!(closed(fixture).await, [room]);
    assert_eq!(remove(fixture, room).await, 1);
}

pub(super) async fn a_line_goes_on_after_its_passes_were_removed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    // The last two leave behind the number that is served.
    for leaver in [3, 2] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    people.first().unwrap().leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [2]);
    people.get(1).unwrap().leave().await.unwrap();
    add_performance(fixture, &concert, -40).await;
    let rooms = closed(fixture).await;
    let [room] = rooms[..] else { panic!("{rooms:?}") };
    assert_eq!(remove(fixture, room).await, 2);
    add_performance(fixture, &concert, 10).await;
    let (active, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    assert_eq!((active.pass.number, waiting.pass.number), (Number::new(5), Number::new(6)));
    assert!(
        matches!(active.pass.state, PassState::Active { .. }) && waiting.pass.state == PassState::Waiting
    );
    let update = fixture.ports().queue.news(BTreeMap::new()).await.unwrap().rooms.remove(0);
    let mut board = Board::new(&update);
    board.publish(setup.now().await + TimeDelta::seconds(1));
    let now = setup.now().await;
    assert_eq!(board.ahead_of(waiting.pass.number, now), 0);
    active.leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [6]);
}
