use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::payment::OwnedSeats;
use seatline_domain::point::Amount;
use seatline_domain::ports::{Accounts, Payments, Wallets};
use seatline_domain::storage::StorageError;
use seatline_domain::user::User;
use thiserror::Error;

/// A user's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// How many points they have.
    pub balance: Amount,
    /// The seats they have bought: the newest, and how many there are.
    pub seats: OwnedSeats,
}

/// Error of showing a user's page.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// There is no such user any more.
    #[error("there is no such user")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows a user their balance and the seats they have bought.
pub struct ShowProfile {
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Keeps payments.
    pub payments: Arc<dyn Payments>,
}

impl ShowProfile {
    /// The most seats that are shown.
    pub const MAX_SEATS: u16 = 100;

    /// The page of this user.
    ///
    /// # Errors
    /// [`ProfileError::NotFound`] when there is no such user.
    pub async fn execute(&self, user_id: UserId) -> Result<Profile, ProfileError> {
        let user = self.accounts.user(user_id).await?.ok_or(ProfileError::NotFound)?;
        let balance = self.wallets.balance(user_id).await?;
        let seats = self.payments.owned_seats(user_id, Self::MAX_SEATS).await?;
        Ok(Profile { user, balance, seats })
    }
}
