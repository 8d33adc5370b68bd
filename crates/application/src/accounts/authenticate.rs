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
/// Known tokens are remembered for [`Self::CACHE_TTL`], so that most requests cost no look-up.
pub struct AuthenticateUser {
    accounts: Arc<dyn Accounts>,
    cache: Cache<AccessTokenHash, UserId>,
}

impl AuthenticateUser {
    /// How long a token is remembered without asking again.
    pub const CACHE_TTL: Duration = Duration::from_secs(30);
    /// How many tokens are remembered.
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
