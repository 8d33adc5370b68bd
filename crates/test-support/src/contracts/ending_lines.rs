//! Lines that end because nothing is left.

use chrono::TimeDelta;
use seatline_domain::commands::{EndLineCommand, JoinError, JoinQueueCommand};
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Board, LineEnd, Number, PassEnd, PassState};
use seatline_domain::seat::SeatsLeft;

use super::{Fixture, setup};
use crate::{Setup, TestUser};

async fn seats_left(setup: Setup<'_>, concert: &Concert) -> SeatsLeft {
    setup.ports.queue.seats_left(concert.id).await.unwrap().unwrap()
}

/// Ends the line by what is left now.
async fn end_line(setup: Setup<'_>, concert: &Concert) -> Option<LineEnd> {
    let seats_left = seats_left(setup, concert).await;
    setup.ports.rooms.end_line(EndLineCommand { concert_id: concert.id, seats_left }).await.unwrap()
}

/// A room for one person, who buys the only seat; so many others wait. Somebody else is in turn.
async fn sold_out(setup: Setup<'_>, people: usize) -> (Concert, Vec<TestUser<'_>>) {
    let (concert, performance) = setup.sale().seats(1).capacity(1).open().await;
    let buyer = setup.user_in_turn(&concert).await;
    let mut waiting = Vec::new();
    for _ in 0..people {
        waiting.push(setup.user_in_line(&concert, 0).await);
    }
    buyer.pay(&buyer.hold(&performance, &[1]).await).await;
    (concert, waiting)
}

async fn line_ended(user: &TestUser<'_>) -> bool {
    matches!(user.state().await, PassState::Ended { end: PassEnd::LineEnded, admitted_at: None, .. })
}

pub(super) async fn what_is_left_is_what_is_free_or_held_of_performances_to_come(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().seats_per_user(4).add_concert().await;
    let left = |left: SeatsLeft| (left.has_performances, left.available, left.held, left.last_number);
    assert_eq!(left(seats_left(setup, &concert).await), (false, 0, 0, 0));
    setup.sale().seats(7).starts_in(TimeDelta::hours(-1)).add_performance(&concert).await;
    assert_eq!(left(seats_left(setup, &concert).await), (true, 0, 0, 0), "it has begun");
    let performance = setup.sale().seats(10).add_performance(&concert).await;
    setup.sale().seats(5).sales_open_in(TimeDelta::hours(1)).add_performance(&concert).await;
    assert_eq!(left(seats_left(setup, &concert).await), (true, 15, 0, 0));
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    ada.pay(&ada.hold(&performance, &[1, 2]).await).await;
    bob.hold(&performance, &[3]).await;
    fixture.block_seat(crate::setup::seat_key(&performance, 4)).await;
    assert_eq!(left(seats_left(setup, &concert).await), (true, 11, 1, 2));
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert_eq!(left(seats_left(setup, &concert).await), (true, 12, 0, 2), "an expired hold holds nothing");
    let nowhere = ConcertId::new(setup.id());
    assert_eq!(fixture.ports().queue.seats_left(nowhere).await, Ok(None));
}

pub(super) async fn a_line_goes_on_while_something_is_left(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats(1).capacity(1).open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_line(&concert, 0).await);
    assert_eq!(end_line(setup, &concert).await, None, "the seat is free");
    ada.hold(&performance, &[1]).await;
    assert_eq!(end_line(setup, &concert).await, None, "the seat is held, and may be free again");
    assert_eq!(next.state().await, PassState::Waiting);
}

pub(super) async fn where_nothing_is_left_everybody_who_waits_is_told_at_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, people) = sold_out(setup, 4).await;
    let [first, second, third, fourth] = &people[..] else { panic!("four people wait") };
    assert_eq!(setup.admit(&concert).await, [2]);
    third.leave().await.unwrap();
    let ended = end_line(setup, &concert).await.unwrap();
    assert_eq!((ended.after.get(), ended.up_to.get()), (2, 5));
    assert!(first.is_active().await, "a turn is a turn");
    assert!(line_ended(second).await && line_ended(fourth).await, "whether or not that was written down");
    assert!(matches!(third.state().await, PassState::Ended { end: PassEnd::Left, .. }));
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.waiting, figures.now_serving, figures.last_number), (0, 5, 5));
    assert_eq!(figures.line_end, Some(ended));
    assert_eq!(end_line(setup, &concert).await, None, "nobody waits any more");
    let left = second.leave().await.unwrap();
    assert_eq!(left.state, second.state().await, "what has ended cannot be left");
}

pub(super) async fn an_end_is_written_down_by_and_by(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, people) = sold_out(setup, 3).await;
    end_line(setup, &concert).await.unwrap();
    assert!(setup.figures(&concert).await.needs_admission());
    let before = people.last().unwrap().state().await;
    let news = fixture.ports().queue.news([].into()).await.unwrap().rooms;
    assert!(news.iter().any(|update| update.figures.concert_id == concert.id), "somebody must do it");
    assert!(setup.admit(&concert).await.is_empty());
    assert!(setup.figures(&concert).await.line_end.unwrap().is_written());
    assert!(!setup.figures(&concert).await.needs_admission());
    assert_eq!(people.last().unwrap().state().await, before, "nobody can tell");
    assert_eq!(fixture.ports().inspection.violations().await, Ok(vec![]));
}

pub(super) async fn where_nothing_is_left_nobody_joins_until_something_is(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, people) = sold_out(setup, 2).await;
    end_line(setup, &concert).await.unwrap();
    let join = async |user_id, seats_left| {
        fixture
            .ports()
            .rooms
            .join(JoinQueueCommand { concert_id: concert.id, user_id, seats_left, key: None })
            .await
    };
    let (ada, waited) = (setup.user().await, people.first().unwrap());
    assert_eq!(join(ada, None).await.err(), Some(JoinError::SoldOut));
    let still = Some(seats_left(setup, &concert).await);
    assert_eq!(join(waited.id, still).await.err(), Some(JoinError::SoldOut));
    assert_eq!(setup.figures(&concert).await.last_number, 3, "a refusal leaves nothing behind");
    setup.sale().add_performance(&concert).await;
    let again = Some(seats_left(setup, &concert).await);
    let anew = join(waited.id, again).await.unwrap();
    assert_eq!((anew.pass.number.get(), anew.ahead, anew.created), (4, Some(0), true));
    assert!(line_ended(waited).await, "what has ended stays so");
    assert!(join(ada, None).await.is_ok(), "the room is open again");
    assert_eq!(fixture.ports().inspection.violations().await, Ok(vec![]));
}

pub(super) async fn who_joined_after_the_count_is_not_told_by_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, _) = sold_out(setup, 2).await;
    let before = seats_left(setup, &concert).await;
    let late = setup.user_in_line(&concert, 0).await;
    let command = EndLineCommand { concert_id: concert.id, seats_left: before };
    assert_eq!(fixture.ports().rooms.end_line(command).await, Ok(None));
    assert_eq!(late.state().await, PassState::Waiting);
    assert!(end_line(setup, &concert).await.is_some());
    assert!(line_ended(&late).await);
}

pub(super) async fn boards_hear_of_the_end(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, people) = sold_out(setup, 4).await;
    // What a board has heard of stays where it is when time passes: so the admission is long ago.
    fixture.pass_time(TimeDelta::seconds(30)).await;
    let news = async |seen| fixture.ports().queue.news(seen).await.unwrap().rooms.remove(0);
    let mut board = Board::new(&news([].into()).await);
    people.get(1).unwrap().leave().await.unwrap();
    fixture.pass_time(TimeDelta::seconds(2)).await;
    let end = end_line(setup, &concert).await.unwrap();
    board.apply(&news([(concert.id, board.watermark())].into()).await);
    // Another that is new to the room, and must tell the same.
    let mut other = Board::new(&news([].into()).await);
    for board in [&mut board, &mut other] {
        let ended: Vec<u64> =
            (1..=6).filter(|number| board.line_ended_for(Number::new(*number)).is_some()).collect();
        assert_eq!(ended, [2, 4, 5], "those who waited");
        board.publish(end.at - TimeDelta::seconds(1));
        assert_eq!(board.ahead_of(Number::new(5), end.at - TimeDelta::minutes(1)), 2, "not published yet");
        board.publish(end.at);
        assert_eq!(board.ahead_of(Number::new(6), end.at), 0);
    }
}
