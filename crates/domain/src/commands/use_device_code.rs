use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::storage::StorageError;
use crate::user::{DeviceCode, DeviceCodeHash, FormHash};
use crate::working_set::{Footprint, WorkingSet};

/// Uses a device code up.
#[derive(Debug, Clone)]
pub struct UseDeviceCodeCommand {
    /// Its hash, by each secret of the service.
    pub hashes: Vec<DeviceCodeHash>,
    /// The form with which it was sent, which may be sent again.
    pub form: FormHash,
}

/// Error of using a device code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UseDeviceCodeError {
    /// There is no such code, it was used, or its time is up: whoever guesses is not told which.
    #[error("there is no such code, or no more")]
    Unknown,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for UseDeviceCodeCommand {
    type Success = DeviceCode;
    type Error = UseDeviceCodeError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.device_codes.extend(self.hashes.iter().copied());
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<DeviceCode, UseDeviceCodeError> {
        let is_meant =
            |code: &DeviceCode| self.hashes.contains(&code.hash) && code.is_open_to(self.form, now);
        let user = set.device_codes.iter().find(|(_, code)| is_meant(code)).map(|(user, _)| *user);
        let code = user.and_then(|user| set.device_codes.get_mut(&user));
        let code = code.ok_or(UseDeviceCodeError::Unknown)?;
        code.used_by = Some(self.form);
        Ok(code.clone())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::commands::MakeDeviceCodeCommand;
    use crate::id::UserId;
    use crate::user::SealedToken;
    use crate::user::policy::DEVICE_CODE_TTL;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    fn user(n: u128) -> UserId {
        UserId::new(Uuid::from_u128(n))
    }

    fn made(set: &mut WorkingSet, n: u128, hash: u8, now: Timestamp) -> DeviceCode {
        let (hash, sealed_token) = (DeviceCodeHash::new([hash; 32]), SealedToken::new([9; 32]));
        MakeDeviceCodeCommand { user_id: user(n), hash, sealed_token }.decide(set, now).unwrap()
    }

    fn used(set: &mut WorkingSet, hash: u8, form: u8, now: Timestamp) -> Result<UserId, UseDeviceCodeError> {
        let hashes = vec![DeviceCodeHash::new([250; 32]), DeviceCodeHash::new([hash; 32])];
        let command = UseDeviceCodeCommand { hashes, form: FormHash::new([form; 32]) };
        command.decide(set, now).map(|code| code.user_id)
    }

    #[test]
    fn a_code_is_used_once_and_the_same_form_may_be_sent_again() {
        let mut set = WorkingSet::default();
        made(&mut set, 1, 1, at(0));
        made(&mut set, 2, 2, at(0));
        assert_eq!(used(&mut set, 1, 7, at(1)), Ok(user(1)));
        assert_eq!(used(&mut set, 1, 7, at(2)), Ok(user(1)), "sent twice");
        assert_eq!(used(&mut set, 1, 8, at(2)), Err(UseDeviceCodeError::Unknown), "somebody else");
        assert_eq!(used(&mut set, 2, 8, at(2)), Ok(user(2)));
        assert_eq!(used(&mut set, 3, 8, at(2)), Err(UseDeviceCodeError::Unknown), "there is none");
    }

    #[test]
    fn a_code_ends_with_its_time_used_or_not() {
        let mut set = WorkingSet::default();
        let code = made(&mut set, 1, 1, at(0));
        assert_eq!(code.expires_at, at(0) + DEVICE_CODE_TTL);
        let last = code.expires_at - TimeDelta::microseconds(1);
        assert_eq!(used(&mut set, 1, 7, last), Ok(user(1)));
        assert_eq!(used(&mut set, 1, 7, code.expires_at), Err(UseDeviceCodeError::Unknown));
        made(&mut set, 2, 2, at(0));
        assert_eq!(used(&mut set, 2, 7, code.expires_at), Err(UseDeviceCodeError::Unknown));
    }

    #[test]
    fn a_user_has_one_code_at_a_time() {
        let mut set = WorkingSet::default();
        made(&mut set, 1, 1, at(0));
        made(&mut set, 1, 2, at(1));
        assert_eq!(used(&mut set, 1, 7, at(2)), Err(UseDeviceCodeError::Unknown));
        assert_eq!(used(&mut set, 2, 7, at(2)), Ok(user(1)));
        made(&mut set, 1, 3, at(3));
        assert_eq!(used(&mut set, 3, 8, at(4)), Ok(user(1)), "a new one is as good as the first");
    }
}
