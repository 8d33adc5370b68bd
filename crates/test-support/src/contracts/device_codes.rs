//! Codes by which accounts come to other devices.

use chrono::TimeDelta;
use futures::future::join_all;
use seatline_domain::commands::{MakeDeviceCodeCommand, UseDeviceCodeCommand, UseDeviceCodeError};
use seatline_domain::id::UserId;
use seatline_domain::user::policy::DEVICE_CODE_TTL;
use seatline_domain::user::{DeviceCode, DeviceCodeHash, FormHash, SealedToken};

use super::{Fixture, setup};
use crate::Setup;

async fn made(setup: Setup<'_>, user_id: UserId, hash: u8) -> DeviceCode {
    let (hash, sealed_token) = (DeviceCodeHash::new([hash; 32]), SealedToken::new([hash ^ 255; 32]));
    setup.ports.device_codes.make(MakeDeviceCodeCommand { user_id, hash, sealed_token }).await.unwrap()
}

async fn used(setup: Setup<'_>, hash: u8, form: u8) -> Result<DeviceCode, UseDeviceCodeError> {
    let hashes = vec![DeviceCodeHash::new([200; 32]), DeviceCodeHash::new([hash; 32])];
    setup.ports.device_codes.use_up(UseDeviceCodeCommand { hashes, form: FormHash::new([form; 32]) }).await
}

pub(super) async fn a_code_is_used_once_by_whichever_form_comes_first(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (ada, bob) = (setup.user().await, setup.user().await);
    let before = setup.now().await;
    let (of_ada, of_bob) = (made(setup, ada, 1).await, made(setup, bob, 2).await);
    assert!((before..=setup.now().await).contains(&(of_ada.expires_at - DEVICE_CODE_TTL)));
    let told = used(setup, 1, 7).await.unwrap();
    assert_eq!(told, DeviceCode { used_by: Some(FormHash::new([7; 32])), ..of_ada });
    assert_eq!(used(setup, 1, 7).await, Ok(told), "the same form, sent again");
    assert_eq!(used(setup, 1, 8).await, Err(UseDeviceCodeError::Unknown));
    assert_eq!(used(setup, 3, 8).await, Err(UseDeviceCodeError::Unknown), "nobody made it");
    assert_eq!(used(setup, 2, 8).await.unwrap().user_id, of_bob.user_id);
}

pub(super) async fn a_new_code_takes_the_place_of_the_last_one(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ada = setup.user().await;
    made(setup, ada, 1).await;
    made(setup, ada, 2).await;
    assert_eq!(used(setup, 1, 7).await, Err(UseDeviceCodeError::Unknown));
    assert_eq!(used(setup, 2, 7).await.unwrap().user_id, ada);
    made(setup, ada, 3).await;
    assert_eq!(used(setup, 3, 8).await.unwrap().user_id, ada, "whether or not the last one was used");
}

pub(super) async fn a_code_opens_nothing_once_its_time_is_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (ada, bob) = (setup.user().await, setup.user().await);
    made(setup, ada, 1).await;
    made(setup, bob, 2).await;
    used(setup, 1, 7).await.unwrap();
    fixture.pass_time(DEVICE_CODE_TTL - TimeDelta::minutes(1)).await;
    used(setup, 1, 7).await.unwrap();
    fixture.pass_time(TimeDelta::minutes(2)).await;
    for code in [1, 2] {
        assert_eq!(used(setup, code, 7).await, Err(UseDeviceCodeError::Unknown));
    }
}

pub(super) async fn of_many_with_one_code_one_is_given_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ada = setup.user().await;
    made(setup, ada, 1).await;
    let answers = join_all((0..20).map(|form| used(setup, 1, form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
}

pub(super) async fn codes_are_forgotten_after_their_time_a_few_at_a_time(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (users, late) = (setup.users(3).await, setup.user().await);
    for (user, hash) in users.iter().zip(1..=3) {
        made(setup, *user, hash).await;
    }
    fixture.pass_time(DEVICE_CODE_TTL + TimeDelta::minutes(1)).await;
    made(setup, late, 4).await;
    let codes = &setup.ports.device_codes;
    assert_eq!(codes.forget_expired(2).await, Ok(2));
    assert_eq!(codes.forget_expired(2).await, Ok(1));
    assert_eq!(codes.forget_expired(2).await, Ok(0));
    assert_eq!(used(setup, 4, 7).await.unwrap().user_id, late, "it is good");
}
