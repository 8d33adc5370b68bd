use std::sync::{Arc, Mutex};

use mockall::predicate::eq;
use seatline_application::accounts::{
    AccessToken, AuthenticateUser, AuthenticationError, NewcomerRequest, ProfileError, RegisterUser,
    Registered, ShowProfile,
};
use seatline_application::queue::{QueueKey, QueueTokens};
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::{OwnedSeat, OwnedSeats};
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockAccounts, MockPayments, MockWallets};
use seatline_domain::seat::SeatNumber;
use seatline_domain::text::Text;
use seatline_domain::user::{Account, User};

use crate::samples::{concert_id, id, ids, now, performance, reservation_id, unavailable, user};

/// The account that a command opens.
fn account(command: RegisterUserCommand) -> Account {
    Account { user: command.user, token_hash: command.token_hash }
}

/// The use case with these secrets, of which the first is in use.
fn register(accounts: MockAccounts, secrets: Vec<u8>) -> RegisterUser {
    let mut keys = secrets.into_iter().map(|byte| QueueKey::parse(&[byte; 32]).unwrap());
    let secrets = Arc::new(QueueTokens::new(keys.next().unwrap(), keys.collect()));
    RegisterUser { accounts: Arc::new(accounts), ids: ids(), secrets }
}

#[tokio::test]
async fn registering_opens_an_account_under_the_hash_of_a_new_token() {
    let mut accounts = MockAccounts::new();
    let (told, hashes) = std::sync::mpsc::channel();
    accounts.expect_register().times(2).returning(move |command| {
        assert_eq!(command.key, None);
        told.send(command.token_hash).unwrap();
        Ok(Answer::created(account(command)))
    });
    let register = register(accounts, vec![1]);
    let name = Some(Text::parse("Ada").unwrap());
    let ada = register.execute(name.clone(), None).await.unwrap().value;
    assert_eq!(ada.user, User { id: UserId::new(id(1_001)), name });
    let nameless = register.execute(None, None).await.unwrap().value;
    assert_eq!(nameless.user, User { id: UserId::new(id(1_002)), name: None });
    assert_ne!(ada.access_token, nameless.access_token);
    let kept: Vec<_> = hashes.iter().take(2).collect();
    assert_eq!(kept, [ada, nameless].map(|registered| registered.access_token.unwrap().hash()));
}

#[tokio::test]
async fn an_account_that_was_not_stored_has_no_token() {
    let mut accounts = MockAccounts::new();
    accounts.expect_register().return_once(|_| Err(unavailable().into()));
    assert_eq!(register(accounts, vec![1]).execute(None, None).await, Err(unavailable().into()));
}

/// Somebody who asks under a key from the network of this number.
fn newcomer(key: &str, network: u8) -> NewcomerRequest {
    NewcomerRequest { key: IdempotencyKey::parse(key).unwrap(), network: [network; 16] }
}

/// The account that a registration under a key opens, and what a repetition of it by others shows, with these secrets of
/// the service.
async fn repeated(first: NewcomerRequest, again: NewcomerRequest, secrets: Vec<u8>) -> [Registered; 2] {
    let opened = Arc::new(Mutex::new(None));
    let (mut opening, mut finding) = (MockAccounts::new(), MockAccounts::new());
    let known = opened.clone();
    opening.expect_register().return_once(move |command| {
        let account = account(command);
        *known.lock().unwrap() = Some(account.clone());
        Ok(Answer::created(account))
    });
    finding
        .expect_register()
        .return_once(move |_| Ok(Answer::replayed(opened.lock().unwrap().clone().unwrap(), true)));
    let opened = register(opening, vec![1]).execute(None, Some(first)).await.unwrap();
    assert!(opened.created && !opened.replayed);
    let found = register(finding, secrets).execute(None, Some(again)).await.unwrap();
    assert!(found.created && found.replayed);
    [opened.value, found.value]
}

const SECRET: &str = "a secret key of some length";

#[tokio::test]
async fn a_retry_by_a_secret_key_is_given_the_token_again() {
    for secrets in [vec![1], vec![2, 1]] {
        let [first, again] = repeated(newcomer(SECRET, 1), newcomer(SECRET, 1), secrets).await;
        assert!(first.access_token.is_some());
        assert_eq!(again, first, "also once the secret is retired");
    }
    let [first, again] = repeated(newcomer(SECRET, 1), newcomer(SECRET, 1), vec![2]).await;
    assert_eq!((again.user, again.access_token), (first.user, None), "its secret is gone");
}

#[tokio::test]
async fn a_key_that_others_may_guess_gives_nobody_the_token_again() {
    let [first, again] =
        repeated(newcomer("nineteen characters", 1), newcomer("nineteen characters", 1), vec![1]).await;
    assert!(first.access_token.is_some());
    assert_eq!((again.user, again.access_token), (first.user, None));
}

#[tokio::test]
async fn the_same_key_of_another_network_is_another_key() {
    let mut accounts = MockAccounts::new();
    let (told, asked) = std::sync::mpsc::channel();
    accounts.expect_register().times(3).returning(move |command| {
        told.send(command.key.clone().unwrap()).unwrap();
        Ok(Answer::created(account(command)))
    });
    let register = register(accounts, vec![1]);
    for network in [1, 1, 2] {
        register.execute(None, Some(newcomer(SECRET, network))).await.unwrap();
    }
    let asked: Vec<_> = asked.iter().take(3).collect();
    assert_eq!(asked[0], asked[1]);
    assert_ne!(asked[0].network, asked[2].network);
    assert_ne!(asked[0].network.bytes(), [1; 16], "addresses are not kept");
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
