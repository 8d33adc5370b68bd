use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use seatline_domain::id::UserId;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;
use thiserror::Error;

use super::AccessToken;

/// Error of authenticating a user.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthenticationError {
    /// The token is nobody's.
    #[error("the access token is not valid")]
    Unknown,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Authenticates users by their access tokens.
///
/// Known tokens are cached for [`Self::CACHE_TTL`], so that most requests cost no look-up.
pub struct AuthenticateUser {
    accounts: Arc<dyn Accounts>,
    cache: Cache<AccessTokenHash, UserId>,
}

impl AuthenticateUser {
    /// How long a known token stays cached.
    pub const CACHE_TTL: Duration = Duration::from_secs(30);
    /// How many tokens are cached.
    pub const CACHE_CAPACITY: u64 = 100_000;

    /// Over these accounts.
    pub fn new(accounts: Arc<dyn Accounts>) -> Self {
        let cache = Cache::builder().max_capacity(Self::CACHE_CAPACITY).time_to_live(Self::CACHE_TTL).build();
        Self { accounts, cache }
    }

    /// The user with this token.
    ///
    /// # Errors
    /// [`AuthenticationError::Unknown`] when there is none.
    pub async fn execute(&self, token: &AccessToken) -> Result<UserId, AuthenticationError> {
        let hash = token.hash();
        if let Some(user_id) = self.cache.get(&hash) {
            return Ok(user_id);
        }
        let user_id = self.accounts.user_with_token(hash).await?.ok_or(AuthenticationError::Unknown)?;
        self.cache.insert(hash, user_id);
        Ok(user_id)
    }
}
