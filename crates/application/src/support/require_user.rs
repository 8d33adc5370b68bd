use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of looking a user up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequireUserError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Requires that there is a user, before lists of theirs are read: nobody's would be empty.
pub struct RequireUser {
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
}

impl RequireUser {
    /// Looks the user up.
    ///
    /// # Errors
    /// [`RequireUserError::NotFound`] when there is no such user.
    pub async fn execute(&self, user_id: UserId) -> Result<(), RequireUserError> {
        self.accounts.user(user_id).await?.map(drop).ok_or(RequireUserError::NotFound)
    }
}
