use proptest::collection::btree_set;
use proptest::option::weighted;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Just, Strategy, Union};
use seatline_domain::id::ReservationId;
use seatline_domain::queue::{Number, RoomStatus};

use super::charges::{any_charge, any_finding};
use super::known::Known;
use super::operation::{Operation, Place, Rate, Wish};
use super::side::{CONCERTS, PERFORMANCES, SEATS, USERS};

/// The next operation. Each kind comes as often as it makes sequences interesting; later ones shrink to earlier ones.
pub(super) fn any_operation(known: &Known) -> BoxedStrategy<Operation> {
    let concert = 0..CONCERTS;
    Union::new_weighted(vec![
        (3, Just(Operation::Sweep).boxed()),
        (3, concert.clone().prop_map(|concert| Operation::Look { concert }).boxed()),
        (2, select(&[1, 3, 100]).prop_map(|limit| Operation::Forget { limit }).boxed()),
        (7, wait()),
        (
            18,
            (concert.clone(), 0..USERS).prop_map(|(concert, user)| Operation::Join { concert, user }).boxed(),
        ),
        (12, concert.clone().prop_map(|concert| Operation::Admit { concert }).boxed()),
        (2, concert.clone().prop_map(|concert| Operation::EndLine { concert }).boxed()),
        (2, concert.prop_map(|concert| Operation::RemovePasses { concert }).boxed()),
        (4, place(known).prop_map(Operation::Leave).boxed()),
        (3, place(known).prop_map(Operation::ShowUp).boxed()),
        (3, configure()),
        (2, change_concert()),
        (2, close_sales()),
        (2, change_price()),
        (3, change_seats()),
        (6, charge(known.new_id())),
        (4, any_charge(known.new_id(), key())),
        (6, any_finding(known)),
        (18, hold(known)),
        (6, hold_best(known)),
        (3, cancel(known)),
        (14, pay(known)),
        (5, refund(known)),
        (2, credit(known.new_id())),
        (1, cancel_performance()),
        (2, Just(Operation::RefundCancelled).boxed()),
        (8, check_in(known)),
        (4, repeat(known)),
        (2, create_operator_key(known.new_id())),
        (1, (0_usize..4).prop_map(|newest| Operation::DeleteOperatorKey { newest }).boxed()),
        (1, device_code()),
        (1, create_webhook(known.new_id())),
        (1, change_webhook(known.new_id())),
        (1, delete_webhook(known.new_id())),
        (2, Just(Operation::Publish).boxed()),
    ])
    .boxed()
}

/// Seldom so long that idempotency keys expire.
fn wait() -> BoxedStrategy<Operation> {
    let minutes = prop_oneof![94 => select(&[1, 1, 1, 2, 3, 6, 12]), 6 => select(&[700, 1_440])];
    minutes.prop_map(|minutes| Operation::Wait { minutes }).boxed()
}

fn configure() -> BoxedStrategy<Operation> {
    let capacity = weighted(0.5, select(&[1, 2, 3, 5]));
    let rate = weighted(0.3, select(&[Rate::Unlimited, Rate::OneAMinute]));
    let status = weighted(0.6, prop_oneof![3 => Just(RoomStatus::Open), 1 => Just(RoomStatus::Paused)]);
    (0..CONCERTS, capacity, rate, status)
        .prop_map(|(concert, capacity, rate, status)| Operation::Configure {
            concert,
            capacity,
            rate,
            status,
        })
        .boxed()
}

fn change_concert() -> BoxedStrategy<Operation> {
    (0..CONCERTS, 1_u32..=3)
        .prop_map(|(concert, seats_per_user)| Operation::ChangeConcert { concert, seats_per_user })
        .boxed()
}

/// Rather opens them again.
fn close_sales() -> BoxedStrategy<Operation> {
    (0..CONCERTS * PERFORMANCES, prop_oneof![2 => Just(false), 1 => Just(true)])
        .prop_map(|(performance, closed)| Operation::CloseSales { performance, closed })
        .boxed()
}

fn change_price() -> BoxedStrategy<Operation> {
    (0..CONCERTS * PERFORMANCES, select(&[0, 30, 60]))
        .prop_map(|(performance, price)| Operation::ChangePrice { performance, price })
        .boxed()
}

/// Blocks one seat, now and then one that is not there, and rather gives several back.
fn change_seats() -> BoxedStrategy<Operation> {
    let last = i64::try_from(SEATS).unwrap();
    (0..CONCERTS * PERFORMANCES, 0..=last + 1, 1..=last)
        .prop_map(move |(performance, blocked, from)| {
            let block = if blocked == 0 { vec![] } else { vec![(blocked, blocked)] };
            let unblock = [(from, from.max(blocked - 1)), (from.max(blocked + 1), last)];
            let unblock = unblock
                .into_iter()
                .filter(|(first, last)| first <= last && !(*first..=*last).contains(&blocked));
            let mut unblock: Vec<_> = unblock.collect();
            unblock.dedup_by(|next, one| next.0 <= one.1);
            if block.is_empty() && unblock.is_empty() {
                unblock.push((1, last));
            }
            Operation::ChangeSeats { performance, block, unblock }
        })
        .boxed()
}

fn charge(id: u64) -> BoxedStrategy<Operation> {
    (0..USERS, select(&[0, 5, 40, 90, 20_000_000]), key())
        .prop_map(move |(user, amount, key)| Operation::Charge { user, amount, key, id })
        .boxed()
}

/// Of somebody's seats rather all, seldom as somebody else.
fn refund(known: &Known) -> BoxedStrategy<Operation> {
    let Some(reservation) = reservation(known) else { return Just(Operation::Sweep).boxed() };
    let last = i64::try_from(SEATS).unwrap();
    let seats = prop_oneof![2 => Just(Vec::new()), 1 => (1..=last).prop_map(|seat| vec![seat])];
    let id = known.new_id();
    (reservation, seats, proptest::bool::ANY, weighted(0.1, 0..USERS), weighted(0.3, key()))
        .prop_map(move |((reservation, place), seats, operator, other, key)| Operation::Refund {
            user: other.unwrap_or(place.user),
            reservation,
            seats,
            operator,
            key,
            id,
        })
        .boxed()
}

fn credit(id: u64) -> BoxedStrategy<Operation> {
    (0..USERS, select(&[0, 5, 40, -5, -40, 20_000_000]), key())
        .prop_map(move |(user, amount, key)| Operation::Credit { user, amount, key, id })
        .boxed()
}

/// Rather one that is hardly sold.
fn cancel_performance() -> BoxedStrategy<Operation> {
    let performance = prop_oneof![3 => Just(1), 1 => 0..CONCERTS * PERFORMANCES];
    performance.prop_map(|performance| Operation::CancelPerformance { performance }).boxed()
}

/// One of a few keys that all operations share.
fn key() -> std::ops::Range<usize> {
    0..6
}

fn device_code() -> BoxedStrategy<Operation> {
    proptest::prop_oneof![
        (0..USERS, 0_u8..2).prop_map(|(user, code)| Operation::MakeDeviceCode { user, code }),
        (0..USERS, 0_u8..2, 0_u8..2).prop_map(|(user, code, form)| Operation::UseDeviceCode {
            user,
            code,
            form
        }),
        (1_u16..4).prop_map(|limit| Operation::ForgetDeviceCodes { limit }),
    ]
    .boxed()
}

fn create_operator_key(id: u64) -> BoxedStrategy<Operation> {
    (0_usize..2, weighted(0.5, key()))
        .prop_map(move |(name, key)| Operation::CreateOperatorKey { name, key, id })
        .boxed()
}

fn create_webhook(id: u64) -> BoxedStrategy<Operation> {
    (proptest::bool::ANY, weighted(0.5, key()))
        .prop_map(move |(wants_all, key)| Operation::CreateWebhook { wants_all, key, id })
        .boxed()
}

fn change_webhook(id: u64) -> BoxedStrategy<Operation> {
    (0_usize..3, weighted(0.4, proptest::bool::ANY), weighted(0.5, key()))
        .prop_map(move |(newest, enabled, key)| Operation::ChangeWebhook { newest, enabled, key, id })
        .boxed()
}

fn delete_webhook(id: u64) -> BoxedStrategy<Operation> {
    (0_usize..3).prop_map(move |newest| Operation::DeleteWebhook { newest, id }).boxed()
}

fn hold(known: &Known) -> BoxedStrategy<Operation> {
    // Now and then one of another concert, or one that is not on sale.
    let performance = weighted(0.2, 0..CONCERTS * PERFORMANCES);
    let last = i64::try_from(SEATS).unwrap();
    // Now and then a seat that is not there.
    let seats = btree_set(prop_oneof![98 => 1..=last, 2 => Just(last + 1)], 1..=3);
    let id = known.new_id();
    (turn(known), performance, seats, weighted(0.3, key()))
        .prop_map(move |(place, performance, seats, key)| Operation::Hold {
            place,
            performance: performance.unwrap_or(place.concert * PERFORMANCES),
            seats: seats.into_iter().collect(),
            key,
            id,
        })
        .boxed()
}

/// Rather what can be had.
fn hold_best(known: &Known) -> BoxedStrategy<Operation> {
    let section = prop_oneof![6 => Just(None), 3 => Just(Some("General")), 1 => Just(Some("Balcony"))];
    let wish = (1_i64..=3, proptest::bool::ANY, section).prop_map(|(count, together, section)| Wish {
        count,
        together,
        section,
    });
    let id = known.new_id();
    (turn(known), weighted(0.2, 0..CONCERTS * PERFORMANCES), wish, weighted(0.3, key()))
        .prop_map(move |(place, performance, wish, key)| Operation::HoldBest {
            place,
            performance: performance.unwrap_or(place.concert * PERFORMANCES),
            wish,
            key,
            id,
        })
        .boxed()
}

fn cancel(known: &Known) -> BoxedStrategy<Operation> {
    let Some(reservation) = reservation(known) else { return Just(Operation::Sweep).boxed() };
    (reservation, weighted(0.1, 0..USERS))
        .prop_map(|((reservation, place), other)| Operation::Cancel {
            user: other.unwrap_or(place.user),
            reservation,
        })
        .boxed()
}

fn pay(known: &Known) -> BoxedStrategy<Operation> {
    let Some(reservation) = reservation(known) else { return Just(Operation::Sweep).boxed() };
    let id = known.new_id();
    (reservation, weighted(0.15, place(known)), weighted(0.3, key()))
        .prop_map(move |((reservation, own), other, key)| Operation::Pay {
            place: other.unwrap_or(own),
            reservation,
            key,
            id,
        })
        .boxed()
}

/// Of a reservation's seats, most of the time.
fn check_in(known: &Known) -> BoxedStrategy<Operation> {
    let Some(reservation) = reservation(known) else { return Just(Operation::Sweep).boxed() };
    let id = known.new_id();
    (reservation, select(&[0_usize, 0, 1, 2]), weighted(0.3, key()))
        .prop_map(move |((reservation, place), nth_seat, key)| Operation::CheckIn {
            place,
            reservation,
            nth_seat,
            key,
            id,
        })
        .boxed()
}

/// One of the last operations that had a key and an effect, once more, as somebody asks who heard no answer.
fn repeat(known: &Known) -> BoxedStrategy<Operation> {
    let Some(again) = last(4, &known.keyed) else { return Just(Operation::Sweep).boxed() };
    let id = known.new_id();
    again.prop_map(move |again| again.with_id(id)).boxed()
}

/// A place that somebody has or had: rather a recent one, seldom with the wrong user or a number never given out.
fn place(known: &Known) -> BoxedStrategy<Place> {
    let Some(recent) = last(USERS, &known.places) else {
        return Just(Place { concert: 0, number: Number::new(1), user: 0 }).boxed();
    };
    let own = prop_oneof![7 => recent, 3 => select(known.places.clone())].boxed();
    prop_oneof![
        18 => own.clone(),
        1 => own.clone().prop_map(|own| Place { number: Number::new(own.number.get() + 50), ..own }),
        1 => (own, 0..USERS).prop_map(|(own, user)| Place { user, ..own }),
    ]
    .boxed()
}

/// The place of somebody whose turn came lately, most of the time.
fn turn(known: &Known) -> BoxedStrategy<Place> {
    match last(3, &known.turns) {
        Some(lately) => prop_oneof![7 => lately, 3 => place(known)].boxed(),
        None => place(known),
    }
}

/// A reservation and the place that it was made with, rather a recent one.
fn reservation(known: &Known) -> Option<BoxedStrategy<(ReservationId, Place)>> {
    let recent = last(3, &known.reservations)?;
    Some(prop_oneof![8 => recent, 2 => select(known.reservations.clone())].boxed())
}

/// One of the last so many, if there are any.
fn last<T: Clone + std::fmt::Debug + 'static>(count: usize, of: &[T]) -> Option<BoxedStrategy<T>> {
    let recent: Vec<T> = of.iter().rev().take(count).cloned().collect();
    (!recent.is_empty()).then(|| select(recent).boxed())
}
