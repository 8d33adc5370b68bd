use seatline_application::queue::TurnRefusal;
use seatline_domain::queue::{PassEnd, PassRefusal};

use crate::samples::{active, claims, ended, read, turn_not_asked, turn_of_number_three, turn_with};

#[tokio::test(start_paused = true)]
async fn those_whose_turn_it_is_may_pass() {
    let turn = turn_with(read(active(3, true)));
    assert_eq!(turn.execute(&claims(3)).await, Ok(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_hear_their_position() {
    let refused = turn_of_number_three().execute(&claims(3)).await;
    assert_eq!(refused, Ok(Err(TurnRefusal::NotAdmitted { position: 3 })));
}

#[tokio::test(start_paused = true)]
async fn those_whose_turn_is_over_or_never_was_do_not_pass() {
    let over = turn_with(read(ended(3, PassEnd::Completed))).execute(&claims(3)).await;
    assert_eq!(over, Ok(Err(TurnRefusal::Ended(PassEnd::Completed))));
    let unknown = turn_with(None).execute(&claims(3)).await;
    assert_eq!(unknown, Ok(Err(TurnRefusal::Unknown)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_decided_elsewhere_gets_its_position() {
    let refusal = turn_of_number_three().refusal(PassRefusal::Waiting, &claims(3)).await;
    assert_eq!(refusal, Ok(TurnRefusal::NotAdmitted { position: 3 }));
    let refusals = [
        (PassRefusal::Ended(PassEnd::Left), TurnRefusal::Ended(PassEnd::Left)),
        (PassRefusal::Mismatch, TurnRefusal::Mismatch),
        (PassRefusal::Unknown, TurnRefusal::Unknown),
    ];
    for (refusal, expected) in refusals {
        assert_eq!(turn_not_asked().refusal(refusal, &claims(3)).await, Ok(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_has_come_meanwhile_is_position_zero() {
    let turn = turn_with(read(active(3, true)));
    let refusal = turn.refusal(PassRefusal::Waiting, &claims(3)).await;
    assert_eq!(refusal, Ok(TurnRefusal::NotAdmitted { position: 0 }));
}
