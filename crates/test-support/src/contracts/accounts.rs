//! Accounts and who is asking.

use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::PageRequest;
use seatline_domain::point::Amount;
use seatline_domain::text::Text;
use seatline_domain::user::{Account, RegisteredUser, User};

use super::{Fixture, setup};
use crate::setup::token_hash;

pub(super) async fn a_registered_user_is_found_by_id_and_by_token(fixture: &dyn Fixture) {
    let accounts = &fixture.ports().accounts;
    for name in [Some("가나다 Ada"), None] {
        let id = UserId::new(setup(fixture).id());
        let user = User { id, name: name.map(|name| Text::parse(name).unwrap()) };
        let command = RegisterUserCommand { user: user.clone(), token_hash: token_hash(id), key: None };
        let account = Account { user: user.clone(), token_hash: token_hash(id) };
        assert_eq!(accounts.register(command).await, Ok(Answer::created(account)));
        assert_eq!(accounts.user_with_token(token_hash(id)).await, Ok(Some(id)));
        assert_eq!(accounts.user(id).await, Ok(Some(user)));
    }
}

pub(super) async fn an_unknown_id_or_token_is_nobodys(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    setup.user().await;
    let stranger = UserId::new(setup.id());
    assert_eq!(fixture.ports().accounts.user(stranger).await, Ok(None));
    assert_eq!(fixture.ports().accounts.user_with_token(token_hash(stranger)).await, Ok(None));
}

pub(super) async fn a_user_is_told_with_the_instant_of_their_registration(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let before = setup.now().await;
    let user = User { id: setup.user().await, name: None };
    let after = setup.now().await;
    let told = fixture.ports().accounts.registered_user(user.id).await.unwrap().unwrap();
    assert_eq!(told, RegisteredUser { user, registered_at: told.registered_at });
    assert!((before..=after).contains(&told.registered_at), "{told:?}");
    let stranger = UserId::new(setup.id());
    assert_eq!(fixture.ports().accounts.registered_user(stranger).await, Ok(None));
}

pub(super) async fn a_new_user_has_an_empty_wallet(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (user, stranger) = (setup.user().await, UserId::new(setup.id()));
    for owner in [user, stranger] {
        assert_eq!(fixture.ports().wallets.balance(owner).await, Ok(Amount::ZERO));
        let entries = fixture.ports().wallets.entries(owner, PageRequest::first()).await.unwrap();
        assert!(entries.items.is_empty() && entries.next.is_none());
    }
}
