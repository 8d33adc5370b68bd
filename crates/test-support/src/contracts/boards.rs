//! What boards and the public read of waiting rooms.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Board, BoardUpdate, BoardWatermark, Number};

use super::{Fixture, setup};
use crate::Setup;

/// What is new where boards have seen so many departures, and nobody admitted.
async fn updates(setup: Setup<'_>, seen: &[(&Concert, u64)]) -> Vec<BoardUpdate> {
    let up_to = |departures| BoardWatermark { departures, now_serving: 0 };
    let seen = seen.iter().map(|(concert, departures)| (concert.id, up_to(*departures)));
    setup.ports.queue.news(seen.collect()).await.unwrap().rooms
}

/// What is new for a board.
async fn news_for(setup: Setup<'_>, concert: &Concert, board: &Board) -> BoardUpdate {
    setup.ports.queue.news([(concert.id, board.watermark())].into()).await.unwrap().rooms.remove(0)
}

/// What a board tells somebody who joined long ago.
fn ahead_of(board: &Board, number: u64) -> Option<u64> {
    let number = Number::new(number);
    board.waits(number).then(|| board.ahead_of(number, Timestamp::MIN_UTC))
}

fn admissions(update: &BoardUpdate) -> Vec<u64> {
    update.admissions.iter().map(|step| step.up_to.get()).collect()
}

fn departures(update: &BoardUpdate) -> Vec<(u64, u64)> {
    update.departures.iter().map(|departure| (departure.sequence, departure.number.get())).collect()
}

pub(super) async fn figures_tell_the_active_from_the_lapsed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(2).add_concert().await;
    for _ in 0..5 {
        setup.user_in_line(&concert, 0).await;
    }
    let figures = setup.figures(&concert).await;
    assert_eq!(figures.concert_id, concert.id);
    assert_eq!((figures.last_number, figures.now_serving), (5, 2));
    assert_eq!((figures.waiting, figures.active, figures.expired), (3, 2, 0));
    assert!(!figures.needs_admission());
    fixture.pass_time(TimeDelta::minutes(11)).await;
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.waiting, figures.active, figures.expired), (3, 0, 2));
    assert!(figures.needs_admission());
}

pub(super) async fn only_rooms_with_people_and_known_rooms_have_news(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (empty, known) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    let (active, full) = (setup.sale().add_concert().await, setup.sale().capacity(1).add_concert().await);
    setup.user_in_line(&active, 0).await;
    setup.user_in_line(&full, 0).await;
    setup.user_in_line(&full, 0).await;
    let news = updates(setup, &[(&known, 0)]).await;
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
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    setup.user_in_line(&concert, 0).await;
    fixture.pass_time(TimeDelta::minutes(11)).await;
    let news = updates(setup, &[]).await;
    assert_eq!(news.first().unwrap().figures.expired, 1, "somebody must sweep it up");
    setup.admit(&concert).await;
    assert!(updates(setup, &[]).await.is_empty());
}

pub(super) async fn an_unknown_room_has_no_news(fixture: &dyn Fixture) {
    let nowhere = ConcertId::new(setup(fixture).id());
    let seen = BTreeMap::from([(nowhere, BoardWatermark::default())]);
    assert_eq!(fixture.ports().queue.news(seen).await.unwrap().rooms, vec![]);
}

pub(super) async fn news_are_the_departures_not_seen_yet(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    for leaver in [4, 2] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    let all = updates(setup, &[]).await.remove(0);
    assert_eq!((departures(&all), all.departures_seen), (vec![(1, 5), (2, 3)], 2));
    let newer = updates(setup, &[(&concert, 1)]).await.remove(0);
    assert_eq!((departures(&newer), newer.departures_seen), (vec![(2, 3)], 2));
    let none = updates(setup, &[(&concert, 2)]).await.remove(0);
    assert_eq!((departures(&none), none.departures_seen), (vec![], 2));
}

pub(super) async fn news_are_the_admissions_not_seen_yet(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    fixture.pass_time(TimeDelta::seconds(30)).await;
    for leaver in [0, 1] {
        people.get(leaver).unwrap().leave().await.unwrap();
        setup.admit(&concert).await;
        fixture.pass_time(TimeDelta::seconds(1)).await;
    }
    let all = updates(setup, &[(&concert, 0)]).await.remove(0);
    assert_eq!((admissions(&all), all.served_before), (vec![1, 2, 3], 0));
    assert!(all.admissions.is_sorted_by_key(|step| step.at));
    let of_the_last_moments = updates(setup, &[]).await.remove(0);
    assert_eq!((admissions(&of_the_last_moments), of_the_last_moments.served_before), (vec![2, 3], 1));
    fixture.pass_time(TimeDelta::seconds(30)).await;
    let later = updates(setup, &[]).await.remove(0);
    assert_eq!((admissions(&later), later.served_before), (vec![], 3));
}

pub(super) async fn departures_of_numbers_already_passed_are_no_news(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    for leaver in [1, 3, 0] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    assert_eq!(setup.admit(&concert).await, [3]);
    fixture.pass_time(TimeDelta::minutes(1)).await;
    let update = updates(setup, &[]).await.remove(0);
    assert_eq!((departures(&update), update.departures_seen), (vec![(2, 4)], 2));
}

pub(super) async fn a_new_board_tells_the_line_as_it_was_before_somebody_left_and_others_were_admitted(
    fixture: &dyn Fixture,
) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    fixture.pass_time(TimeDelta::minutes(1)).await;
    for leaver in [1, 2, 0] {
        people.get(leaver).unwrap().leave().await.unwrap();
    }
    fixture.pass_time(TimeDelta::seconds(3)).await;
    assert_eq!(setup.admit(&concert).await, [4]);
    fixture.pass_time(TimeDelta::seconds(3)).await;
    for (seconds_ago, ahead) in [(8, 3), (4, 1), (0, 0)] {
        let mut board = Board::new(&updates(setup, &[]).await.remove(0));
        board.publish(setup.now().await - TimeDelta::seconds(seconds_ago));
        assert_eq!(ahead_of(&board, 5), Some(ahead), "{seconds_ago} s ago");
    }
}

pub(super) async fn a_board_that_is_kept_up_to_date_tells_positions(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let mut people = Vec::new();
    for _ in 0..8 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    let mut board = Board::new(&updates(setup, &[]).await.remove(0));
    board.publish(setup.now().await);
    assert_eq!(ahead_of(&board, 8), Some(6));
    for (leaver, ahead, seconds) in [(3, 5, 1), (6, 4, 2)] {
        people.get(leaver).unwrap().leave().await.unwrap();
        board.apply(&news_for(setup, &concert, &board).await);
        assert_eq!(ahead_of(&board, 8), Some(ahead + 1), "not announced yet");
        board.publish(setup.now().await + TimeDelta::seconds(seconds));
        assert_eq!(ahead_of(&board, 8), Some(ahead));
    }
    people.first().unwrap().leave().await.unwrap();
    setup.admit(&concert).await;
    board.apply(&news_for(setup, &concert, &board).await);
    board.publish(setup.now().await + TimeDelta::seconds(10));
    assert_eq!(ahead_of(&board, 2), None);
    assert_eq!(ahead_of(&board, 3), Some(0));
    assert_eq!(ahead_of(&board, 8), Some(3));
}
