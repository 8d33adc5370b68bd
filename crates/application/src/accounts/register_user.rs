use std::sync::Arc;

use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::ports::{Accounts, Ids};
use seatline_domain::storage::StorageError;
use seatline_domain::user::{User, UserName};

use super::AccessToken;

/// A new account.
#[derive(Debug)]
pub struct Registered {
    /// Its user.
    pub user: User,
    /// Their token. It cannot be shown again.
    pub access_token: AccessToken,
}

/// Opens an account.
pub struct RegisterUser {
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl RegisterUser {
    /// Opens an account with an empty wallet.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, name: Option<UserName>) -> Result<Registered, StorageError> {
        let access_token = AccessToken::generate()
            .map_err(|error| StorageError::Unavailable(format!("no random numbers: {error}")))?;
        let user = User { id: UserId::new(self.ids.next()), name };
        let command = RegisterUserCommand { user, token_hash: access_token.hash() };
        let user = self.accounts.register(command).await?;
        Ok(Registered { user, access_token })
    }
}
