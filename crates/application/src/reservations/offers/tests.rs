use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::point::Amount;
use seatline_domain::samples::{now, performance_id};
use seatline_domain::seat::SeatState;
use seatline_domain::seat::hall::{SectionPlan, SectionSeats};
use seatline_domain::text::Text;
use tokio::time::advance;
use uuid::Uuid;

use super::*;

fn hall(seats: u32) -> Hall {
    let seats = SectionSeats::Range { first_seat: 1, last_seat: seats };
    let plan = SectionPlan { name: Text::parse("Floor").unwrap(), seats, price: Amount::whole(1) };
    Hall::plan(vec![plan], &[]).unwrap()
}

/// The map of the hall with these seats held.
fn map(hall: &Hall, held: &[u32]) -> Arc<SeatMap> {
    let state = SeatState::Held {
        reservation_id: ReservationId::new(Uuid::nil()),
        user_id: UserId::new(Uuid::nil()),
        until: now() + chrono::TimeDelta::minutes(5),
    };
    let seats = hall.free_seats(performance_id()).map(|mut seat| {
        if held.contains(&seat.key.number.get()) {
            seat.state = state;
        }
        seat
    });
    Arc::new(SeatMap::of(seats, now()))
}

fn pair() -> BestSeats {
    BestSeats::parse(2, true).unwrap()
}

fn choose(
    asking: &mut Asking,
    hall: &Hall,
    map: &Arc<SeatMap>,
    chance: usize,
) -> Result<Vec<u32>, BestSeatsError> {
    let chosen = asking.choose(hall, &pair(), map, chance)?;
    Ok(chosen.numbers().iter().map(|number| number.get()).collect())
}

#[test]
fn those_who_ask_at_the_same_time_are_offered_different_seats() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let free = map(&hall, &[]);
    let mut asking: Vec<_> = (0..4).map(|_| offers.ask(performance_id())).collect();
    let chosen: Vec<_> = asking.iter_mut().map(|one| choose(one, &hall, &free, 0).unwrap()).collect();
    assert_eq!(chosen[..3], [vec![3, 4], vec![1, 2], vec![5, 6]]);
    assert_eq!(chosen[3], [3, 4], "nothing else is left, and the first may yet be refused");
}

#[test]
fn an_offer_is_in_the_way_of_older_maps_only() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let old = map(&hall, &[]);
    let (mut first, mut early) = (offers.ask(performance_id()), offers.ask(performance_id()));
    assert_eq!(choose(&mut first, &hall, &old, 0), Ok(vec![3, 4]));
    drop(first);
    // The hold was cancelled since: whoever asks now sees the seats free, and is right.
    let mut late = offers.ask(performance_id());
    assert_eq!(choose(&mut early, &hall, &old, 0), Ok(vec![1, 2]));
    assert_eq!(choose(&mut late, &hall, &map(&hall, &[]), 0), Ok(vec![3, 4]));
}

#[test]
fn seats_that_were_not_held_are_offered_again() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let free = map(&hall, &[]);
    let (mut first, mut second) = (offers.ask(performance_id()), offers.ask(performance_id()));
    assert_eq!(choose(&mut first, &hall, &free, 0), Ok(vec![3, 4]));
    first.withdraw();
    assert_eq!(choose(&mut second, &hall, &free, 0), Ok(vec![3, 4]));
}

#[test]
fn losers_pass_over_fewer_choices_than_there_are_people() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let free = map(&hall, &[]);
    let mut alone = offers.ask(performance_id());
    assert_eq!(choose(&mut alone, &hall, &free, 7), Ok(vec![3, 4]));
    drop(alone);
    let mut asking: Vec<_> = (0..2).map(|_| offers.ask(performance_id())).collect();
    assert_eq!(choose(&mut asking[0], &hall, &free, 7), Ok(vec![1, 2]));
    assert_eq!(choose(&mut asking[1], &hall, &free, 6), Ok(vec![3, 4]));
}

#[test]
fn a_map_that_is_older_than_another_is_not_used() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let (mut first, mut second) = (offers.ask(performance_id()), offers.ask(performance_id()));
    let mut newer = SeatMap::clone(&map(&hall, &[3, 4]));
    newer.as_of += chrono::TimeDelta::seconds(1);
    assert_eq!(choose(&mut first, &hall, &Arc::new(newer), 0), Ok(vec![1, 2]));
    assert_eq!(choose(&mut second, &hall, &map(&hall, &[]), 0), Ok(vec![5, 6]));
}

/// Others who ask, for another performance.
fn crowd(offers: &Arc<Offers>) -> Vec<Asking> {
    let another = PerformanceId::new(Uuid::from_u128(99));
    (1..Offers::CROWD).map(|_| offers.ask(another)).collect()
}

#[test]
fn without_a_crowd_everybody_reads() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let mut first = offers.ask(performance_id());
    choose(&mut first, &hall, &map(&hall, &[]), 0).unwrap();
    assert_eq!(offers.ask(performance_id()).choose_unread(&hall, &pair()), None);
}

#[tokio::test(start_paused = true)]
async fn seats_are_chosen_for_a_moment_by_what_was_read_for_somebody_else() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let others = crowd(&offers);
    let unread = |asking: &mut Asking| {
        let chosen = asking.choose_unread(&hall, &pair())?;
        Some(chosen.numbers().iter().map(|number| number.get()).collect::<Vec<_>>())
    };
    let mut first = offers.ask(performance_id());
    assert_eq!(unread(&mut first), None, "nothing was read");
    assert_eq!(choose(&mut first, &hall, &map(&hall, &[]), 0), Ok(vec![3, 4]));
    let mut second = offers.ask(performance_id());
    assert_eq!(unread(&mut second), Some(vec![1, 2]), "the first may get theirs");
    drop((first, second));
    let mut third = offers.ask(performance_id());
    assert_eq!(unread(&mut third), Some(vec![5, 6]), "what was held since is not free");
    let mut late = offers.ask(performance_id());
    assert_eq!(unread(&mut late), None, "a map that has none is not believed");
    third.withdraw();
    assert_eq!(unread(&mut late), Some(vec![5, 6]));
    drop(late);
    advance(Known::AGE_MAX).await;
    assert_eq!(unread(&mut offers.ask(performance_id())), None, "it is old");
    drop(others);
    assert!(offers.performances().is_empty(), "and forgotten");
}

#[tokio::test(start_paused = true)]
async fn where_somebody_else_takes_seats_a_map_is_read_each_time() {
    let (hall, offers) = (hall(6), Arc::new(Offers::default()));
    let _others = crowd(&offers);
    let mut first = offers.ask(performance_id());
    choose(&mut first, &hall, &map(&hall, &[]), 0).unwrap();
    first.lose();
    let mut second = offers.ask(performance_id());
    assert_eq!(second.choose_unread(&hall, &pair()), None);
    choose(&mut second, &hall, &map(&hall, &[3, 4]), 0).unwrap();
    advance(Counter::CONTENDED_FOR).await;
    choose(&mut offers.ask(performance_id()), &hall, &map(&hall, &[3, 4, 5]), 0).unwrap();
    let mut third = offers.ask(performance_id());
    assert!(third.choose_unread(&hall, &BestSeats::parse(1, true).unwrap()).is_some(), "nobody has since");
}
