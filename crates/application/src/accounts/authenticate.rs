use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use seatline_domain::id::UserId;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;
use thiserror::Error;

use super::AccessToken;

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthenticationError {
    /// The token is nobody's.
    #[error("the access token is not valid")]
    Unknown,
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Finds out whose access token it is.
///
/// Known tokens are remembered for [`Self::REMEMBERED`], so that most requests cost no look-up.
pub struct AuthenticateUser {
    accounts: Arc<dyn Accounts>,
    known: Cache<AccessTokenHash, UserId>,
}

impl AuthenticateUser {
    /// How long a token is remembered without asking again.
    pub const REMEMBERED: Duration = Duration::from_secs(30);
    /// How many tokens are remembered.
    pub const REMEMBERED_MAX: u64 = 100_000;

    /// Over these accounts.
    pub fn new(accounts: Arc<dyn Accounts>) -> Self {
        let known =
            Cache::builder().max_capacity(Self::REMEMBERED_MAX).time_to_live(Self::REMEMBERED).build();
        Self { accounts, known }
    }

    /// The user with this token.
    ///
    /// # Errors
    /// [`AuthenticationError::Unknown`] when there is none.
    pub async fn execute(&self, token: &AccessToken) -> Result<UserId, AuthenticationError> {
        let hash = token.hash();
        if let Some(user_id) = self.known.get(&hash) {
            return Ok(user_id);
        }
        let user_id = self.accounts.user_with_token(hash).await?.ok_or(AuthenticationError::Unknown)?;
        self.known.insert(hash, user_id);
        Ok(user_id)
    }
}
