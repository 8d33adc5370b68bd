use async_trait::async_trait;

use crate::commands::{RegisterError, RegisterUserCommand};
use crate::id::UserId;
use crate::idempotency::Answer;
use crate::storage::StorageError;
use crate::user::{AccessTokenHash, Account, RegisteredUser, User};

/// Keeps accounts.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Opens an account with an empty wallet; a repeated key gives the account that it opened. Of concurrent callers with
    /// one key, one opens one.
    async fn register(&self, command: RegisterUserCommand) -> Result<Answer<Account>, RegisterError>;

    /// The user whose token has this hash; `None` when nobody's has. An account that is asked for is used: it is not among
    /// the [idle](super::IdleAccounts) any more.
    async fn user_with_token(&self, hash: AccessTokenHash) -> Result<Option<UserId>, StorageError>;

    /// One user, `None` when there is no such one.
    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError>;

    /// One user with the instant of their registration, `None` when there is no such one.
    async fn registered_user(&self, id: UserId) -> Result<Option<RegisteredUser>, StorageError>;
}
