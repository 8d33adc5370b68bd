use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::accounts::{
    AccessToken, AuthenticateUser, AuthenticationError, ProfileError, RegisterUser, ShowProfile,
};
use seatline_domain::id::UserId;
use seatline_domain::payment::{OwnedSeat, OwnedSeats};
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockAccounts, MockPayments, MockWallets};
use seatline_domain::seat::SeatNumber;
use seatline_domain::text::Text;
use seatline_domain::user::User;

use crate::samples::{concert_id, id, ids, now, performance, reservation_id, unavailable, user};

#[tokio::test]
async fn registering_opens_an_account_under_the_hash_of_a_new_token() {
    let mut accounts = MockAccounts::new();
    let (told, hashes) = std::sync::mpsc::channel();
    accounts.expect_register().times(2).returning(move |command| {
        told.send(command.token_hash).unwrap();
        Ok(command.user)
    });
    let register = RegisterUser { accounts: Arc::new(accounts), ids: ids() };
    let name = Some(Text::parse("Ada").unwrap());
    let ada = register.execute(name.clone()).await.unwrap();
    assert_eq!(ada.user, User { id: UserId::new(id(1_001)), name });
    let nameless = register.execute(None).await.unwrap();
    assert_eq!(nameless.user, User { id: UserId::new(id(1_002)), name: None });
    assert_ne!(ada.access_token, nameless.access_token);
    let kept: Vec<_> = hashes.iter().take(2).collect();
    assert_eq!(kept, [ada.access_token.hash(), nameless.access_token.hash()]);
}

#[tokio::test]
async fn an_account_that_was_not_stored_has_no_token() {
    let mut accounts = MockAccounts::new();
    accounts.expect_register().return_once(|_| Err(unavailable()));
    let register = RegisterUser { accounts: Arc::new(accounts), ids: ids() };
    assert_eq!(register.execute(None).await.unwrap_err(), unavailable());
}

#[tokio::test]
async fn a_known_token_is_looked_up_once() {
    let token = AccessToken::generate().unwrap();
    let mut accounts = MockAccounts::new();
    accounts.expect_user_with_token().with(eq(token.hash())).times(1).returning(|_| Ok(Some(user())));
    let authenticate = AuthenticateUser::new(Arc::new(accounts));
    for _ in 0..5 {
        assert_eq!(authenticate.execute(&token).await, Ok(user()));
    }
}

#[tokio::test]
async fn an_unknown_token_is_looked_up_each_time() {
    let token = AccessToken::generate().unwrap();
    let mut accounts = MockAccounts::new();
    accounts.expect_user_with_token().times(1).return_once(|_| Ok(None));
    accounts.expect_user_with_token().times(1).return_once(|_| Err(unavailable()));
    accounts.expect_user_with_token().times(1).return_once(|_| Ok(Some(user())));
    let authenticate = AuthenticateUser::new(Arc::new(accounts));
    assert_eq!(authenticate.execute(&token).await, Err(AuthenticationError::Unknown));
    assert_eq!(authenticate.execute(&token).await, Err(unavailable().into()));
    assert_eq!(authenticate.execute(&token).await, Ok(user()), "registered meanwhile");
}

#[tokio::test]
async fn a_profile_is_the_user_with_balance_and_seats() {
    let seat = OwnedSeat {
        reservation_id: reservation_id(),
        concert_id: concert_id(),
        title: "Winter Gala".into(),
        performance_id: performance(1).id,
        starts_at: performance(1).starts_at,
        seat_number: SeatNumber::parse(7).unwrap(),
        section: "General".into(),
        paid_at: now(),
    };
    let (mut accounts, mut wallets, mut payments) =
        (MockAccounts::new(), MockWallets::new(), MockPayments::new());
    accounts.expect_user().with(eq(user())).returning(|id| Ok(Some(User { id, name: None })));
    wallets.expect_balance().with(eq(user())).returning(|_| Ok(Amount::whole(42)));
    let owned = OwnedSeats { newest: vec![seat], total: 101 };
    let returned = owned.clone();
    payments
        .expect_owned_seats()
        .with(eq(user()), eq(ShowProfile::MAX_SEATS))
        .returning(move |_, _| Ok(returned.clone()));
    let show = ShowProfile {
        accounts: Arc::new(accounts),
        wallets: Arc::new(wallets),
        payments: Arc::new(payments),
    };
    let profile = show.execute(user()).await.unwrap();
    assert_eq!((profile.user.id, profile.balance, profile.seats), (user(), Amount::whole(42), owned));
}

#[tokio::test]
async fn a_user_who_is_gone_has_no_profile() {
    let mut accounts = MockAccounts::new();
    accounts.expect_user().returning(|_| Ok(None));
    let show = ShowProfile {
        accounts: Arc::new(accounts),
        wallets: Arc::new(MockWallets::new()),
        payments: Arc::new(MockPayments::new()),
    };
    assert_eq!(show.execute(user()).await, Err(ProfileError::NotFound));
}
