//! What is written piece by piece is what serde would write of it at once.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::body::{BodySize, MessageBody, to_bytes};
use actix_web::web::Bytes;
use chrono::TimeDelta;
use proptest::prelude::*;
use seatline_application::seats::PerformanceSeats;
use seatline_domain::concert::Performance;
use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::point::Amount;
use seatline_domain::samples;
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatNumber, SeatState};
use seatline_domain::{Timestamp, id::PerformanceId};
use uuid::Uuid;

use super::body::{DateSeatsBody, SeatBody, SeatMapBody, SeatStateBody};
use super::remembered::RememberedMaps;
use super::shown::{ShownMap, ShownSeats, ShownTo};
use super::{SeatsAnswer, ShownMaps};
use crate::settings::HttpLimits;
use crate::unsent::{PIECE_BYTES, UnsentBytes};

const FILTERS: [Option<bool>; 3] = [None, Some(true), Some(false)];

fn user(n: u8) -> UserId {
    UserId::new(Uuid::from_u128(n.into()))
}

fn as_of() -> Timestamp {
    Timestamp::default() + TimeDelta::seconds(100)
}

fn budget() -> Arc<UnsentBytes> {
    UnsentBytes::new(&HttpLimits::default())
}

/// A seat's section, price and state, and how far its number is from the one before.
type Plan = (&'static str, u32, SeatState, u32);

fn state() -> impl Strategy<Value = SeatState> {
    let reservation_id = ReservationId::new(Uuid::nil());
    let held = (0_u8..4, 99_i64..103).prop_map(move |(owner, until)| SeatState::Held {
        reservation_id,
        user_id: user(owner),
        until: Timestamp::default() + TimeDelta::seconds(until),
    });
    let sold = (0_u8..4).prop_map(move |owner| SeatState::Sold { reservation_id, user_id: user(owner) });
    prop_oneof![3 => Just(SeatState::Available), 2 => held, 2 => sold, 1 => Just(SeatState::Blocked)]
}

fn plan() -> impl Strategy<Value = Plan> {
    let section = prop_oneof![8 => Just("Floor"), 1 => Just("\"Loge\" 1\u{301}\\"), 1 => Just("발코니")];
    let gap = prop_oneof![9 => Just(1_u32), 1 => 2_u32..1_000];
    (section, prop_oneof![9 => Just(500_000_u32), 1 => 0_u32..1_000], state(), gap)
}

fn seats_of(plan: &[Plan]) -> PerformanceSeats {
    let mut number = 0;
    let seats = plan.iter().map(|(section, cents, state, gap)| {
        number += gap;
        let performance_id = PerformanceId::new(Uuid::nil());
        let key = SeatKey { performance_id, number: SeatNumber::parse(number).unwrap() };
        let price = Amount::parse(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap();
        Seat { key, section: (*section).into(), price, state: *state }
    });
    PerformanceSeats { performance: samples::performance(), map: Arc::new(SeatMap::of(seats, as_of())) }
}

/// The seats as serde writes them.
fn plain(seats: &PerformanceSeats, caller: UserId, available: Option<bool>) -> SeatMapBody<'_> {
    let all: Vec<_> = seats
        .map
        .states()
        .map(|(seat, state)| {
            let (state, mine) = match state {
                SeatState::Available => (SeatStateBody::Available, false),
                SeatState::Held { user_id, .. } => (SeatStateBody::Held, user_id == caller),
                SeatState::Sold { user_id, .. } => (SeatStateBody::Sold, user_id == caller),
                SeatState::Blocked => (SeatStateBody::Blocked, false),
            };
            let (number, section, price) = (seat.key.number.get(), &*seat.section, seat.price.into());
            SeatBody { number, section, price, state, mine }
        })
        .collect();
    let is_free = |seat: &SeatBody<'_>| seat.state == SeatStateBody::Available;
    let free = all.iter().filter(|seat| is_free(seat)).count().try_into().unwrap();
    let shown = all.into_iter().filter(|seat| available.is_none_or(|wanted| wanted == is_free(seat)));
    SeatMapBody::new(&seats.performance, free, Some(shown.collect()))
}

fn shown(seats: &PerformanceSeats, available: Option<bool>) -> Arc<ShownMap> {
    shown_after(None, seats, available)
}

fn shown_after(
    before: Option<&Arc<ShownSeats>>,
    seats: &PerformanceSeats,
    available: Option<bool>,
) -> Arc<ShownMap> {
    let shown = ShownSeats::of(seats, available, before).unwrap();
    Arc::new(ShownMap::new(shown, &budget()).unwrap())
}

fn of_performance(seats: &PerformanceSeats, caller: UserId, available: Option<bool>) -> SeatsAnswer {
    SeatsAnswer::of_performance(shown(seats, available).to(caller))
}

fn date_body() -> DateSeatsBody<'static> {
    let Performance { concert_id, date, .. } = samples::performance();
    DateSeatsBody { concert_id: concert_id.uuid(), date, performances: Vec::new() }
}

/// All of an answer, which is as long as it says and in pieces that are not too long.
fn written(answer: SeatsAnswer) -> Bytes {
    let BodySize::Sized(bytes) = answer.size() else { panic!("of unknown length") };
    let pieces: Vec<Bytes> = answer.collect();
    assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= PIECE_BYTES));
    let all = pieces.concat();
    assert_eq!(u64::try_from(all.len()).unwrap(), bytes);
    all.into()
}

fn tag(answer: &SeatsAnswer) -> String {
    answer.tag().tag().to_owned()
}

proptest! {
    // Maps of several pieces take their time to be drawn.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_map_is_written_as_serde_writes_it(plan in proptest::collection::vec(plan(), 0..700), caller in 0_u8..5) {
        let seats = seats_of(&plan);
        for available in FILTERS {
            let expected = serde_json::to_vec(&plain(&seats, user(caller), available)).unwrap();
            let answer = of_performance(&seats, user(caller), available);
            prop_assert_eq!(written(answer), expected);
        }
    }

    #[test]
    fn a_map_is_the_same_whatever_was_shown_before_it(
        plan in proptest::collection::vec(plan(), 1..700),
        changes in proptest::collection::vec((0_usize..700, state()), 0..9),
        filters in (prop::sample::select(&FILTERS), prop::sample::select(&FILTERS)),
        caller in 0_u8..5,
        is_sent in any::<bool>(),
    ) {
        let before = seats_of(&plan);
        let shown_before = shown(&before, filters.0);
        if is_sent {
            written(SeatsAnswer::of_performance(shown_before.to(user(caller))));
        }
        let mut changed = plan.clone();
        for (place, state) in changes {
            if let Some(seat) = changed.get_mut(place) {
                seat.2 = state;
            }
        }
        let seats = seats_of(&changed);
        let answer = |map: Arc<ShownMap>| SeatsAnswer::of_performance(map.to(user(caller)));
        let after = || answer(shown_after(Some(shown_before.shown()), &seats, filters.1));
        let alone = || answer(shown(&seats, filters.1));
        prop_assert_eq!(tag(&after()), tag(&alone()));
        prop_assert_eq!(written(after()), written(alone()));
    }

    #[test]
    fn a_date_is_written_as_serde_writes_it(
        plans in proptest::collection::vec(proptest::collection::vec(plan(), 0..300), 1..5),
        caller in 0_u8..5,
    ) {
        let all: Vec<_> = plans.iter().map(|plan| seats_of(plan)).collect();
        for available in FILTERS {
            let performances = all.iter().map(|seats| plain(seats, user(caller), available)).collect();
            let expected = serde_json::to_vec(&DateSeatsBody { performances, ..date_body() }).unwrap();
            let maps = all.iter().map(|seats| shown(seats, available).to(user(caller))).collect();
            prop_assert_eq!(written(SeatsAnswer::of_date(&date_body(), maps).unwrap()), expected);
        }
    }
}

proptest! {
    #[test]
    fn two_answers_have_the_same_tag_if_and_only_if_they_are_the_same(
        plan in proptest::collection::vec(plan(), 1..5),
        changes in proptest::collection::vec((0_usize..5, state()), 0..3),
        callers in (0_u8..5, 0_u8..5),
        filters in (prop::sample::select(&FILTERS), prop::sample::select(&FILTERS)),
    ) {
        let mut changed = plan.clone();
        for (place, state) in changes {
            if let Some(seat) = changed.get_mut(place) {
                seat.2 = state;
            }
        }
        let (one, other) = (seats_of(&plan), seats_of(&changed));
        let one = || of_performance(&one, user(callers.0), filters.0);
        let other = || of_performance(&other, user(callers.1), filters.1);
        prop_assert_eq!(tag(&one()) == tag(&other()), written(one()) == written(other()));
        let date = |map| SeatsAnswer::of_date(&date_body(), vec![map]).unwrap();
        let dates = (date(shown_again(&plan, filters.0, callers.0)), date(shown_again(&changed, filters.1, callers.1)));
        prop_assert_eq!(tag(&dates.0) == tag(&dates.1), written(dates.0) == written(dates.1));
    }
}

fn shown_again(plan: &[Plan], available: Option<bool>, caller: u8) -> ShownTo {
    shown(&seats_of(plan), available).to(user(caller))
}

fn many(seats: usize) -> PerformanceSeats {
    seats_of(&vec![("Floor", 500_000, SeatState::Available, 1); seats])
}

#[actix_web::test]
async fn a_map_that_many_are_shown_is_worked_out_once_for_each_filter() {
    for size in [3, ShownMaps::SMALL + 1] {
        let (maps, seats) = (ShownMaps::new(budget()), many(size));
        let all = futures::future::join_all((0..20).map(|n| maps.of(seats.clone(), FILTERS[n % 2]))).await;
        let distinct: HashSet<_> = all.iter().map(|shown| Arc::as_ptr(shown.as_ref().unwrap())).collect();
        assert_eq!(distinct.len(), 2);
        let equal = maps.of(many(size), None).await.unwrap();
        assert!(Arc::ptr_eq(equal.shown(), all[0].as_ref().unwrap().shown()), "nothing has changed");
    }
}

#[actix_web::test]
async fn nothing_is_kept_of_maps_that_nobody_waits_for() {
    let (budget, size) = (budget(), 10_000);
    let maps = ShownMaps::new(budget.clone());
    let kept = maps.of(many(size), None).await.unwrap().to(user(1));
    assert_eq!(maps.len(), 0);
    let (kept, taken) = (SeatsAnswer::of_performance(kept), budget.kept_bytes());
    assert!((size..size + PIECE_BYTES).contains(&taken), "a byte a seat: {taken}");
    assert!(to_bytes(kept).await.unwrap().len() > 70 * size);
    assert_eq!(budget.kept_bytes(), 0);
    // Somebody else still has the map itself.
    let seats = many(size);
    drop(maps.of(seats.clone(), None).await.unwrap());
    assert_eq!((maps.len(), budget.kept_bytes()), (1, 0));
    drop(seats);
    // One who went away before it was there.
    drop(futures::poll!(Box::pin(maps.of(many(size), None))));
    while maps.len() > 0 {
        maps.of(many(size), None).await.unwrap();
    }
}

#[actix_web::test]
async fn a_large_map_is_refused_where_it_cannot_be_kept_and_a_small_one_is_not() {
    let limits = HttpLimits { unsent_memory_bytes_max: 5_000, ..HttpLimits::default() };
    let maps = ShownMaps::new(UnsentBytes::new(&limits));
    let refused = maps.of(many(5_000), None).await.err().map(|problem| problem.code());
    assert_eq!(refused, Some(crate::Code::Unavailable));
    maps.of(many(500), None).await.unwrap();
}

#[actix_web::test]
async fn a_changed_price_is_written_and_changes_the_tag_also_of_the_same_map() {
    let maps = ShownMaps::new(budget());
    let before = many(3);
    let floor = seatline_domain::text::Text::parse("Floor").unwrap();
    let mut after = before.clone();
    after.performance.section_prices =
        after.performance.section_prices.with(&floor, Amount::parse("7.5").unwrap());
    let (first, second) = futures::future::join(maps.of(before, None), maps.of(after, None)).await;
    let answer = |shown: Result<Arc<ShownMap>, _>| {
        SeatsAnswer::of_performance(shown.unwrap_or_else(|_| panic!("no map")).to(user(1)))
    };
    let (first, second) = (answer(first), answer(second));
    assert_ne!(tag(&first), tag(&second));
    let text = String::from_utf8(written(second).to_vec()).unwrap();
    assert_eq!(text.matches("\"price\":7.5").count(), 3, "{text}");
}

/// The pieces of an answer that are not the same bytes in memory as those of another one.
fn own_pieces(answer: SeatsAnswer, other: &[Bytes]) -> usize {
    let is_shared = |piece: &Bytes| other.iter().any(|other| other.as_ptr_range().contains(&piece.as_ptr()));
    answer.filter(|piece| piece.len() > 2 && !is_shared(piece)).count()
}

fn with_states(seats: &PerformanceSeats, states: &[(u32, SeatState)]) -> PerformanceSeats {
    let mut map = SeatMap::clone(&seats.map);
    map.taken.extend(states.iter().map(|(number, state)| (SeatNumber::parse(*number).unwrap(), *state)));
    PerformanceSeats { performance: seats.performance.clone(), map: Arc::new(map) }
}

fn sold_to(n: u8) -> SeatState {
    SeatState::Sold { reservation_id: ReservationId::new(Uuid::nil()), user_id: user(n) }
}

#[actix_web::test]
async fn what_is_the_same_for_all_is_written_once_and_what_has_changed_anew() {
    let (maps, seats) = (ShownMaps::new(budget()), many(5_000));
    let answer = async |seats: &PerformanceSeats, caller| {
        SeatsAnswer::of_performance(maps.of(seats.clone(), None).await.unwrap().to(user(caller)))
    };
    let first: Vec<_> = answer(&seats, 1).await.collect();
    assert!(first.len() > 20, "{}", first.len());
    assert_eq!(own_pieces(answer(&seats, 2).await, &first), 0);
    let sold = with_states(&seats, &[(2_500, sold_to(1)), (2_501, sold_to(1)), (5_000, sold_to(2))]);
    let theirs: Vec<_> = answer(&sold, 3).await.collect();
    assert_eq!(theirs.iter().filter(|piece| !first.contains(piece)).count(), 3, "the head and two pieces");
    assert_eq!(own_pieces(answer(&sold, 3).await, &theirs), 0);
    assert_eq!(
        [own_pieces(answer(&sold, 1).await, &theirs), own_pieces(answer(&sold, 2).await, &theirs)],
        [1, 1]
    );
}

#[actix_web::test]
async fn those_who_are_still_sent_a_map_that_has_changed_keep_none_of_its_text() {
    let (maps, seats) = (ShownMaps::new(budget()), many(5_000));
    let slow = maps.of(seats.clone(), None).await.unwrap();
    let text: Vec<_> = SeatsAnswer::of_performance(slow.to(user(1))).collect();
    let everything: Vec<_> = (1..=5_000).map(|number| (number, SeatState::Blocked)).collect();
    maps.of(with_states(&seats, &everything), None).await.unwrap();
    let again = SeatsAnswer::of_performance(slow.to(user(1)));
    assert_eq!(own_pieces(again, &text), text.len() - 2, "all but the head and the end");
    assert_eq!(text.concat(), SeatsAnswer::of_performance(slow.to(user(1))).collect::<Vec<_>>().concat());
}

#[test]
fn what_is_remembered_of_maps_has_a_bound() {
    let mut remembered = RememberedMaps::default();
    let mut last = None;
    for n in 0..8_u128 {
        let mut seats = many(100_000);
        seats.performance.id = PerformanceId::new(Uuid::from_u128(n));
        let shown = shown(&seats, None);
        remembered.add(shown.shown());
        assert!((1..=RememberedMaps::BYTES_MAX).contains(&remembered.bytes()));
        assert!(remembered.before(&seats, None).is_some());
        last = Some((seats, shown));
    }
    let (seats, shown) = last.unwrap();
    let bytes = remembered.bytes();
    remembered.add(shown.shown());
    assert_eq!(remembered.bytes(), bytes, "the same one again");
    assert!(remembered.before(&seats, Some(true)).is_none());
}
