use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::support::{RequireUser, RequireUserError, ShowUser, ShownUser};
use seatline_domain::payment::OwnedSeats;
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockAccounts, MockPayments, MockWallets};
use seatline_domain::user::{RegisteredUser, User};

use crate::samples::{now, unavailable, user};

#[tokio::test]
async fn a_user_is_shown_with_balance_and_seats() {
    let registered = RegisteredUser { user: User { id: user(), name: None }, registered_at: now() };
    let (mut accounts, mut wallets, mut payments) =
        (MockAccounts::new(), MockWallets::new(), MockPayments::new());
    let found = registered.clone();
    accounts.expect_registered_user().with(eq(user())).times(1).return_once(move |_| Ok(Some(found)));
    accounts.expect_registered_user().times(1).return_once(|_| Ok(None));
    wallets.expect_balance().with(eq(user())).return_once(|_| Ok(Amount::whole(7)));
    payments
        .expect_owned_seats()
        .with(eq(user()), eq(ShowUser::MAX_SEATS))
        .return_once(|_, _| Ok(OwnedSeats::default()));
    let show =
        ShowUser { accounts: Arc::new(accounts), wallets: Arc::new(wallets), payments: Arc::new(payments) };
    let shown = ShownUser { user: registered, balance: Amount::whole(7), seats: OwnedSeats::default() };
    assert_eq!(show.execute(user()).await, Ok(shown));
    assert_eq!(show.execute(user()).await, Err(RequireUserError::NotFound));
}

#[tokio::test]
async fn nobodys_lists_are_not_found() {
    let mut accounts = MockAccounts::new();
    accounts.expect_user().times(1).return_once(|id| Ok(Some(User { id, name: None })));
    accounts.expect_user().times(1).return_once(|_| Ok(None));
    accounts.expect_user().times(1).return_once(|_| Err(unavailable()));
    let require = RequireUser { accounts: Arc::new(accounts) };
    assert_eq!(require.execute(user()).await, Ok(()));
    assert_eq!(require.execute(user()).await, Err(RequireUserError::NotFound));
    assert_eq!(require.execute(user()).await, Err(unavailable().into()));
}
