use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::idempotency::{Answer, Fingerprint, KeyOwner, KeyReused, NewcomerKey, Outcome};
use crate::point::Wallet;
use crate::storage::StorageError;
use crate::user::{AccessTokenHash, Account, User};
use crate::working_set::{Footprint, WorkingSet};

/// Opens an account with an empty wallet.
#[derive(Debug, Clone)]
pub struct RegisterUserCommand {
    /// The new user.
    pub user: User,
    /// The hash of the token by which they will be known.
    pub token_hash: AccessTokenHash,
    /// The key that makes a retry safe, if the client sent one.
    pub key: Option<NewcomerKey>,
}

/// Error of opening an account.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RegisterUserCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(match &self.user.name {
            Some(name) => format!("register {}", name.as_str()),
            None => "register".to_owned(),
        })
    }

    /// The account that this key opened, if there was one.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<Answer<Account>>, KeyReused> {
        let Some(NewcomerKey { network, key }) = &self.key else { return Ok(None) };
        match set.recorded(KeyOwner::Network(*network), Some(key), || self.fingerprint(), now)? {
            Some(Outcome::Registered(account)) => Ok(Some(Answer::replayed(account.clone(), true))),
            Some(_) => Err(KeyReused),
            None => Ok(None),
        }
    }
}

impl Command for RegisterUserCommand {
    type Success = Answer<Account>;
    type Error = RegisterError;

    fn footprint(&self, footprint: &mut Footprint) {
        let key = self.key.clone().map(|NewcomerKey { network, key }| (KeyOwner::Network(network), key));
        footprint.keys.extend(key);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Account>, RegisterError> {
        if let Some(first) = self.replayed(set, now)? {
            return Ok(first);
        }
        let account = Account { user: self.user.clone(), token_hash: self.token_hash };
        set.wallets.insert(self.user.id, Wallet::empty(self.user.id));
        set.accounts.push(account.clone());
        if let Some(NewcomerKey { network, key }) = &self.key {
            let outcome = Outcome::Registered(account.clone());
            set.record(KeyOwner::Network(*network), key, self.fingerprint(), outcome, now);
        }
        Ok(Answer::created(account))
    }
}
