//! Paying a reservation: everything in one step.

use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::payment::{OwnedSeats, PaymentState};
use seatline_domain::point::{Amount, LedgerEntryKind};
use seatline_domain::queue::{PassEnd, PassState};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatState;

use super::{Fixture, setup};
use crate::TestUser;
use crate::setup::seat_number;

pub(super) async fn paying_does_everything_in_one_step(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(2).price("120.25").open().await;
    let ada = setup.user_in_turn_with(&concert, 500).await;
    let held = ada.hold(&performance, &[7, 3]).await;
    let before = setup.now().await;
    let answer = ada.try_pay(&held).await.unwrap();
    assert!(answer.created && !answer.replayed);
    let payment = answer.value;
    let (price, left) = (Amount::parse("240.5").unwrap(), Amount::parse("259.5").unwrap());
    assert_eq!((payment.reservation_id, payment.user_id), (held.id, ada.id));
    assert_eq!((payment.amount, payment.balance_after), (price, left));
    assert_eq!(payment.seats, [seat_number(3), seat_number(7)]);
    assert_eq!(payment.state(), PaymentState::Completed);
    assert!((before..=setup.now().await).contains(&payment.paid_at));

    assert_eq!(ada.balance().await, left);
    let debit = ada.entries().await.remove(0);
    assert_eq!((debit.sequence, debit.kind, debit.amount), (2, LedgerEntryKind::Payment, price));
    assert_eq!((debit.balance_after, debit.reference_id), (left, Some(payment.id.uuid())));
    let sold = SeatState::Sold { reservation_id: held.id, user_id: ada.id };
    for number in [3, 7] {
        assert_eq!(setup.seat(&performance, number).await.state, sold);
    }
    let paid = ReservationState::Paid { payment_id: payment.id, at: payment.paid_at };
    assert_eq!(ada.reservation(&held).await.state, paid);
    assert!(matches!(ada.state().await, PassState::Ended { end: PassEnd::Completed, .. }));
    assert_eq!(fixture.ports().payments.payment(ada.id, payment.id).await, Ok(Some(payment)));
}

pub(super) async fn what_was_bought_is_listed_with_its_seats(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) =
        setup.sale().title("Turandot").seats_per_user(3).section("Gallery", 11, 19, "10").open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[12, 11]).await;
    let owned = |limit| fixture.ports().payments.owned_seats(ada.id, limit);
    assert_eq!(owned(10).await, Ok(OwnedSeats::default()), "held is not bought");
    let payment = ada.pay(&held).await;
    let OwnedSeats { newest: seats, total } = owned(10).await.unwrap();
    assert_eq!(total, 2);
    let mut numbers: Vec<_> = seats.iter().map(|seat| seat.seat_number.get()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [11, 12]);
    for seat in &seats {
        assert_eq!((seat.reservation_id, seat.concert_id), (held.id, concert.id));
        assert_eq!((seat.title.as_str(), seat.section.as_str()), ("Turandot", "Gallery"));
        assert_eq!((seat.performance_id, seat.starts_at), (performance.id, performance.starts_at));
        assert_eq!(seat.paid_at, payment.paid_at);
    }
    let one = owned(1).await.unwrap();
    assert_eq!((one.newest.len(), one.total), (1, 2), "who is told of one learns that there are more");
    let other = setup.user().await;
    assert_eq!(fixture.ports().payments.owned_seats(other, 10).await, Ok(OwnedSeats::default()));
}

pub(super) async fn payments_and_owned_seats_come_newest_first(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(5).open().await;
    let mut ada = setup.user_in_turn(&concert).await;
    let (mut payments, mut seats) = (Vec::new(), Vec::new());
    for seat in [4, 2, 5] {
        payments.insert(0, ada.pay(&ada.hold(&performance, &[seat]).await).await);
        seats.insert(0, u32::try_from(seat).unwrap());
        ada = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    }
    let limit = PageLimit::parse(2).unwrap();
    let first = fixture.ports().payments.payments(ada.id, PageRequest { limit, after: None }).await.unwrap();
    let rest = PageRequest { limit, after: first.next };
    let second = fixture.ports().payments.payments(ada.id, rest).await.unwrap();
    let read: Vec<_> = first.items.into_iter().chain(second.items).collect();
    assert_eq!((read, second.next), (payments, None));
    let owned = fixture.ports().payments.owned_seats(ada.id, 10).await.unwrap();
    assert_eq!(owned.newest.iter().map(|seat| seat.seat_number.get()).collect::<Vec<_>>(), seats);
}

pub(super) async fn paying_twice_gives_the_first_payment_though_the_turn_is_over(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let first = ada.pay(&held).await;
    for _ in 0..2 {
        let again = ada.try_pay(&held).await.unwrap();
        assert!(!again.created && !again.replayed);
        assert_eq!(again.value, first);
    }
    assert_eq!(ada.entries().await.len(), 2);
    assert_eq!(ada.balance().await, Amount::whole(900));
}

pub(super) async fn a_free_seat_is_paid_with_nothing(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().price("0").open().await;
    let ada = setup.user_in_turn_with(&concert, 0).await;
    let payment = ada.pay(&ada.hold(&performance, &[1]).await).await;
    assert_eq!((payment.amount, payment.balance_after), (Amount::ZERO, Amount::ZERO));
    assert!(matches!(setup.seat(&performance, 1).await.state, SeatState::Sold { .. }));
}

pub(super) async fn the_last_points_are_enough(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn_with(&concert, 100).await;
    let payment = ada.pay(&ada.hold(&performance, &[1]).await).await;
    assert_eq!(payment.balance_after, Amount::ZERO);
    assert_eq!(ada.balance().await, Amount::ZERO);
}

pub(super) async fn another_users_payment_is_not_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, other) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let payment = ada.pay(&ada.hold(&performance, &[1]).await).await;
    let payments = &fixture.ports().payments;
    assert_eq!(payments.payment(other.id, payment.id).await, Ok(None));
    let page = payments.payments(other.id, PageRequest::first()).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
}
