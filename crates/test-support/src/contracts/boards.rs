//! What boards and the public read of waiting rooms.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Board, BoardUpdate, Number};

use super::{Fixture, stage};
use crate::Stage;

async fn updates(stage: Stage<'_>, seen: &[(&Concert, u64)]) -> Vec<BoardUpdate> {
    let seen = seen.iter().map(|(concert, departure)| (concert.id, *departure)).collect();
    stage.ports.queue.updates(seen).await.unwrap()
}

fn departures(update: &BoardUpdate) -> Vec<(u64, u64)> {
    update.departures.iter().map(|departure| (departure.sequence, departure.number.get())).collect()
}

pub(super) async fn figures_tell_the_active_from_the_lapsed(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(2).add().await;
    for _ in 0..5 {
        stage.visitor(&concert, 0).await;
    }
    let figures = stage.figures(&concert).await;
    assert_eq!(figures.concert_id, concert.id);
    assert_eq!((figures.last_number, figures.now_serving), (5, 2));
    assert_eq!((figures.waiting, figures.active, figures.lapsed), (3, 2, 0));
    assert!(!figures.needs_admission());
    fixture.pass_time(TimeDelta::minutes(11)).await;
    let figures = stage.figures(&concert).await;
    assert_eq!((figures.waiting, figures.active, figures.lapsed), (3, 0, 2));
    assert!(figures.needs_admission());
}

pub(super) async fn only_rooms_with_people_and_known_rooms_have_news(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (empty, known) = (stage.concert().add().await, stage.concert().add().await);
    let (active, full) = (stage.concert().add().await, stage.concert().capacity(1).add().await);
    stage.visitor(&active, 0).await;
    stage.visitor(&full, 0).await;
    stage.visitor(&full, 0).await;
    let news = updates(stage, &[(&known, 0)]).await;
    let mut rooms: Vec<ConcertId> = news.iter().map(|update| update.figures.concert_id).collect();
    rooms.sort_unstable();
    assert_eq!(rooms, [known.id, active.id, full.id]);
    assert!(!rooms.contains(&empty.id));
    for update in news {
        let concert_id = update.figures.concert_id;
        assert_eq!(fixture.ports().queue.figures(concert_id).await, Ok(Some(update.figures)));
    }
}

pub(super) async fn a_room_where_only_a_lapsed_pass_is_left_has_news(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().add().await;
    stage.visitor(&concert, 0).await;
    fixture.pass_time(TimeDelta::minutes(11)).await;
    let news = updates(stage, &[]).await;
    assert_eq!(news.first().unwrap().figures.lapsed, 1, "somebody must sweep it up");
    stage.admit(&concert).await;
    assert!(updates(stage, &[]).await.is_empty());
}

pub(super) async fn an_unknown_room_has_no_news(fixture: &dyn Fixture) {
    let nowhere = ConcertId::new(stage(fixture).id());
    assert_eq!(fixture.ports().queue.updates(BTreeMap::from([(nowhere, 0)])).await, Ok(vec![]));
}

pub(super) async fn news_are_the_departures_not_seen_yet(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(stage.visitor(&concert, 0).await);
    }
    for leaver in [4, 2] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    let all = updates(stage, &[]).await.remove(0);
    assert_eq!((departures(&all), all.departures_seen), (vec![(1, 5), (2, 3)], 2));
    let newer = updates(stage, &[(&concert, 1)]).await.remove(0);
    assert_eq!((departures(&newer), newer.departures_seen), (vec![(2, 3)], 2));
    let none = updates(stage, &[(&concert, 2)]).await.remove(0);
    assert_eq!((departures(&none), none.departures_seen), (vec![], 2));
}

pub(super) async fn departures_of_numbers_already_passed_are_no_news(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(stage.visitor(&concert, 0).await);
    }
    for leaver in [1, 3, 0] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    assert_eq!(stage.admit(&concert).await, [3]);
    let update = updates(stage, &[]).await.remove(0);
    assert_eq!((departures(&update), update.departures_seen), (vec![(2, 4)], 2));
}

pub(super) async fn a_board_that_is_kept_up_to_date_tells_positions(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let mut people = Vec::new();
    for _ in 0..8 {
        people.push(stage.visitor(&concert, 0).await);
    }
    let mut board = Board::new(&updates(stage, &[]).await.remove(0));
    assert_eq!(board.ahead_of(Number::new(8)), Some(6));
    for (leaver, ahead) in [(3, 5), (6, 4)] {
        people.get(leaver).unwrap().leave().await.unwrap();
        board.apply(&updates(stage, &[(&concert, board.departures_seen())]).await.remove(0));
        assert_eq!(board.ahead_of(Number::new(8)), Some(ahead));
    }
    people.first().unwrap().leave().await.unwrap();
    stage.admit(&concert).await;
    board.apply(&updates(stage, &[(&concert, board.departures_seen())]).await.remove(0));
    assert_eq!(board.ahead_of(Number::new(2)), None);
    assert_eq!(board.ahead_of(Number::new(3)), Some(0));
    assert_eq!(board.ahead_of(Number::new(8)), Some(3));
}
