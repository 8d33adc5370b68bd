//! Leaving the line, or a turn.

use seatline_domain::commands::{LeaveError, LeaveQueueCommand};
use seatline_domain::queue::{Number, PassEnd, PassError, PassState};
use seatline_domain::reservation::ReservationState;

use super::{Fixture, setup};
use crate::TestUser;
use crate::setup::{leave_command, show_up_command};

async fn has_left(user: &TestUser<'_>) -> bool {
    matches!(user.state().await, PassState::Ended { end: PassEnd::Left, .. })
}

pub(super) async fn leaving_a_turn_frees_its_slot_and_its_hold(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_line(&concert, 0).await);
    let held = ada.hold(&performance, &[1]).await;
    let left = ada.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Left, admitted_at: Some(_), .. }));
    assert!(has_left(&ada).await);
    assert!(setup.is_free(&performance, 1).await);
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Cancelled { .. }));
    assert_eq!(setup.admit(&concert).await, [next.pass.number.get()]);
}

pub(super) async fn leaving_the_line_closes_it_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let active = setup.user_in_line(&concert, 0).await;
    let (second, third) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    let left = second.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Left, admitted_at: None, .. }));
    assert_eq!(left.departure, Some(1));
    assert_eq!(setup.figures(&concert).await.waiting, 1);
    let fourth = setup.join(&concert, setup.user().await).await;
    assert_eq!(fourth.ahead, Some(1));
    active.leave().await.unwrap();
    assert_eq!(setup.admit(&concert).await, [third.pass.number.get()]);
}

pub(super) async fn leaving_twice_is_leaving_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let (active, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    setup.user_in_line(&concert, 0).await;
    for user in [active, waiting] {
        let first = user.leave().await.unwrap();
        let figures = setup.figures(&concert).await;
        assert_eq!(user.leave().await, Ok(first));
        assert_eq!(setup.figures(&concert).await, figures);
    }
}

pub(super) async fn an_old_place_cannot_end_a_new_turn(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let before = setup.user_in_turn(&concert).await;
    before.leave().await.unwrap();
    let now = TestUser { pass: setup.join(&concert, before.id).await.pass, ..before.clone() };
    now.hold(&performance, &[1]).await;
    before.leave().await.unwrap();
    assert!(now.is_active().await);
    assert!(!setup.is_free(&performance, 1).await);
}

pub(super) async fn a_completed_pass_stays_completed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.pay(&held).await;
    let left = ada.leave().await.unwrap();
    assert!(matches!(left.state, PassState::Ended { end: PassEnd::Completed, .. }));
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Paid { .. }));
    assert!(!setup.is_free(&performance, 1).await);
}

pub(super) async fn nobody_leaves_or_shows_up_for_somebody_else(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    let (active, waiting) = (setup.user_in_line(&concert, 0).await, setup.user_in_line(&concert, 0).await);
    let rooms = &fixture.ports().rooms;
    let refused = Err(LeaveError::Pass(PassError::Mismatch));
    for (user, other) in [(&active, &waiting), (&waiting, &active)] {
        let leave = LeaveQueueCommand { user_id: other.id, ..leave_command(&user.pass) };
        assert_eq!(rooms.leave(leave).await, refused);
        let mut show_up = show_up_command(&user.pass);
        show_up.user_id = other.id;
        assert_eq!(rooms.show_up(show_up).await, refused);
        assert_eq!(user.state().await, user.pass.state);
    }
}

pub(super) async fn a_place_never_given_out_is_unknown(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let mut ada = setup.user_in_line(&concert, 0).await;
    ada.pass.number = Number::new(2);
    let unknown = Err(LeaveError::Pass(PassError::Unknown));
    assert_eq!(ada.leave().await, unknown);
    assert_eq!(ada.show_up().await, unknown);
    assert_eq!(setup.figures(&concert).await.active, 1);
}
