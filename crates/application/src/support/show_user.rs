use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::payment::OwnedSeats;
use seatline_domain::point::Amount;
use seatline_domain::ports::{Accounts, Payments, Wallets};
use seatline_domain::user::RegisteredUser;

use super::RequireUserError;

/// A user as a support desk sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownUser {
    /// The user, and since when they are one.
    pub user: RegisteredUser,
    /// How many points they have.
    pub balance: Amount,
    /// The seats they have bought: the newest, and how many there are.
    pub seats: OwnedSeats,
}

/// Shows a user to a support desk.
pub struct ShowUser {
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Keeps payments.
    pub payments: Arc<dyn Payments>,
}

impl ShowUser {
    /// The most seats that are shown.
    pub const MAX_SEATS: u16 = 100;

    /// This user, their balance and the seats they have bought.
    ///
    /// # Errors
    /// [`RequireUserError::NotFound`] when there is no such user.
    pub async fn execute(&self, user_id: UserId) -> Result<ShownUser, RequireUserError> {
        let user = self.accounts.registered_user(user_id).await?.ok_or(RequireUserError::NotFound)?;
        let balance = self.wallets.balance(user_id).await?;
        let seats = self.payments.owned_seats(user_id, Self::MAX_SEATS).await?;
        Ok(ShownUser { user, balance, seats })
    }
}
