use super::Command;
use crate::Timestamp;
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
}

impl Command for RegisterUserCommand {
    type Success = User;
    type Error = StorageError;

    fn footprint(&self, _footprint: &mut Footprint) {}

    fn decide(&self, set: &mut WorkingSet, _now: Timestamp) -> Result<User, StorageError> {
        set.wallets.insert(self.user.id, Wallet::empty(self.user.id));
        set.accounts.push(Account { user: self.user.clone(), token_hash: self.token_hash });
        Ok(self.user.clone())
    }
}
