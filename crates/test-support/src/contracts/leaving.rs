//! Leaving the line, or a turn.

use seatline_domain::commands::{LeaveError, LeaveQueueCommand};
use seatline_domain::queue::{Number, PassEnd, PassError, PassState};
use seatline_domain::reservation::ReservationState;

use super::{Fixture, stage};
use crate::Customer;
use crate::stage::{leave_command, show_up_command};

async fn has_left(customer: &Customer<'_>) -> bool {
    matches!(customer.state().await, PassState::Ended { end: PassEnd::Left, .. })
}

pub(super) async fn leaving_a_turn_frees_its_slot_and_its_hold(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let performance = stage.performance(&concert).add().await;
    let (ada, next) = (stage.customer(&concert).await, stage.visitor(&concert, 0).await);
    let held = ada.hold(&performance, &[1]).await;
    let left = ada.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Left, admitted_at: Some(_), .. }));
    assert!(has_left(&ada).await);
    assert!(stage.is_free(&performance, 1).await);
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Cancelled { .. }));
    assert_eq!(stage.admit(&concert).await, [next.pass.number.get()]);
}

pub(super) async fn leaving_the_line_closes_it_up(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let active = stage.visitor(&concert, 0).await;
    let (second, third) = (stage.visitor(&concert, 0).await, stage.visitor(&concert, 0).await);
    let left = second.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Left, admitted_at: None, .. }));
    assert_eq!(left.departure, Some(1));
    assert_eq!(stage.figures(&concert).await.waiting, 1);
    let fourth = stage.join(&concert, stage.user().await).await;
    assert_eq!(fourth.ahead, Some(1));
    active.leave().await.unwrap();
    assert_eq!(stage.admit(&concert).await, [third.pass.number.get()]);
}

pub(super) async fn leaving_twice_is_leaving_once(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let (active, waiting) = (stage.visitor(&concert, 0).await, stage.visitor(&concert, 0).await);
    stage.visitor(&concert, 0).await;
    for customer in [active, waiting] {
        let first = customer.leave().await.unwrap();
        let figures = stage.figures(&concert).await;
        assert_eq!(customer.leave().await, Ok(first));
        assert_eq!(stage.figures(&concert).await, figures);
    }
}

pub(super) async fn an_old_place_cannot_end_a_new_turn(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let before = stage.customer(&concert).await;
    before.leave().await.unwrap();
    let now = Customer { pass: stage.join(&concert, before.user).await.pass, ..before.clone() };
    now.hold(&performance, &[1]).await;
    before.leave().await.unwrap();
    assert!(now.is_active().await);
    assert!(!stage.is_free(&performance, 1).await);
}

pub(super) async fn a_completed_pass_stays_completed(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.pay(&held).await;
    let left = ada.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Completed, .. }));
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Paid { .. }));
    assert!(!stage.is_free(&performance, 1).await);
}

pub(super) async fn nobody_leaves_or_shows_up_for_somebody_else(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let (active, waiting) = (stage.visitor(&concert, 0).await, stage.visitor(&concert, 0).await);
    let rooms = &fixture.ports().rooms;
    let refused = Err(LeaveError::Pass(PassError::Mismatch));
    for (customer, other) in [(&active, &waiting), (&waiting, &active)] {
        let leave = LeaveQueueCommand { user_id: other.user, ..leave_command(&customer.pass) };
        assert_eq!(rooms.leave(leave).await, refused);
        let mut show_up = show_up_command(&customer.pass);
        show_up.user_id = other.user;
        assert_eq!(rooms.show_up(show_up).await, refused);
        assert_eq!(customer.state().await, customer.pass.state);
    }
}

pub(super) async fn a_place_never_given_out_is_unknown(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().add().await;
    let mut ada = stage.visitor(&concert, 0).await;
    ada.pass.number = Number::new(2);
    let unknown = Err(LeaveError::Pass(PassError::Unknown));
    assert_eq!(ada.leave().await, unknown);
    assert_eq!(ada.show_up().await, unknown);
    assert_eq!(stage.figures(&concert).await.active, 1);
}
