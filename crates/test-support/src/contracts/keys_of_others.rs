//! Keys of operators, and of people who have no account yet.

use chrono::TimeDelta;
use seatline_domain::commands::{ConfigureQueueCommand, RegisterError, RegisterUserCommand};
use seatline_domain::concert::{ConcertError, NewConcert, NewPerformance, PerformanceError};
use seatline_domain::id::{ConcertId, PerformanceId, UserId};
use seatline_domain::idempotency::{KeyReused, NetworkDigest, NewcomerKey, policy};
use seatline_domain::page::PageRequest;
use seatline_domain::queue::Capacity;
use seatline_domain::text::Text;
use seatline_domain::user::User;

use super::contention::all_at_once;
use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{key, token_hash};

/// A registration of a new user under a key from the network of this number.
fn registration(setup: Setup<'_>, name: Option<&str>, text: &str, network: u8) -> RegisterUserCommand {
    let id = UserId::new(setup.id());
    let user = User { id, name: name.map(|name| Text::parse(name).unwrap()) };
    let key = NewcomerKey { network: NetworkDigest::new([network; 16]), key: key(text) };
    RegisterUserCommand { user, token_hash: token_hash(id), key: Some(key) }
}

pub(super) async fn a_key_opens_one_account(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let accounts = &fixture.ports().accounts;
    let first = accounts.register(registration(setup, Some("Ada"), "key", 1)).await.unwrap();
    assert!(first.created && !first.replayed);
    let second = registration(setup, Some("Ada"), "key", 1);
    let again = accounts.register(second.clone()).await.unwrap();
    assert!(again.created && again.replayed);
    assert_eq!(again.value, first.value);
    assert_eq!(accounts.user(second.user.id).await, Ok(None), "no second account");
    assert_eq!(accounts.user_with_token(second.token_hash).await, Ok(None));
    for name in [None, Some("Bob")] {
        let other = accounts.register(registration(setup, name, "key", 1)).await;
        assert_eq!(other, Err(RegisterError::KeyReused(KeyReused)));
    }
    let elsewhere = accounts.register(registration(setup, Some("Ada"), "key", 2)).await.unwrap();
    assert!(!elsewhere.replayed, "somebody else's key is another key");
    fixture.pass_time(policy::KEY_TTL + TimeDelta::minutes(1)).await;
    let late = accounts.register(registration(setup, Some("Bob"), "key", 1)).await.unwrap();
    assert!(!late.replayed);
    assert_ne!(late.value, first.value);
}

pub(super) async fn a_key_adds_one_concert(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let editor = &fixture.ports().editor;
    let new = setup.sale().new_concert();
    let with_id = |id| NewConcert {
        concert: seatline_domain::concert::Concert { id, ..new.concert.clone() },
        ..new.clone()
    };
    let first = editor.add_concert(new.clone(), setup.stamp(), Some(key("key"))).await.unwrap();
    assert_eq!((first.value, first.created, first.replayed), (new.concert.id, true, false));
    let second = ConcertId::new(setup.id());
    let again = editor.add_concert(with_id(second), setup.stamp(), Some(key("key"))).await.unwrap();
    assert_eq!((again.value, again.created, again.replayed), (new.concert.id, true, true));
    assert_eq!(fixture.ports().programme.concert(second).await, Ok(None), "no second concert");
    assert_eq!(fixture.ports().queue.figures(second).await, Ok(None));
    let other = setup.sale().title("Another").new_concert();
    let refused = editor.add_concert(other, setup.stamp(), Some(key("key"))).await;
    assert_eq!(refused, Err(ConcertError::KeyReused(KeyReused)));
    let another = editor.add_concert(with_id(second), setup.stamp(), Some(key("another"))).await.unwrap();
    assert_eq!((another.value, another.replayed), (second, false));
    assert_eq!(fixture.ports().programme.concerts(PageRequest::first()).await.unwrap().items.len(), 2);
}

pub(super) async fn a_key_adds_one_performance(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let editor = &fixture.ports().editor;
    let concert = setup.sale().add_concert().await;
    let new = setup.sale().new_performance(&concert).await;
    let with_id = |id| {
        let performance = seatline_domain::concert::Performance { id, ..new.performance.clone() };
        NewPerformance { performance, ..new.clone() }
    };
    let first = editor.add_performance(new.clone(), setup.stamp(), Some(key("key"))).await.unwrap();
    assert_eq!((first.value, first.created, first.replayed), (new.performance.id, true, false));
    let second = PerformanceId::new(setup.id());
    let again = editor.add_performance(with_id(second), setup.stamp(), Some(key("key"))).await.unwrap();
    assert_eq!((again.value, again.created, again.replayed), (new.performance.id, true, true));
    assert_eq!(fixture.ports().programme.performance(second).await, Ok(None), "no second performance");
    let other = setup.sale().seats(3).new_performance(&concert).await;
    let refused = editor.add_performance(other, setup.stamp(), Some(key("key"))).await;
    assert_eq!(refused, Err(PerformanceError::KeyReused(KeyReused)));
    let elsewhere = editor.add_concert(setup.sale().new_concert(), setup.stamp(), Some(key("key"))).await;
    assert_eq!(elsewhere, Err(ConcertError::KeyReused(KeyReused)), "a key serves one operation");
    let nowhere = setup.sale().new_concert().concert;
    let unknown = setup.sale().new_performance(&nowhere).await;
    for _ in 0..2 {
        let refused = editor.add_performance(unknown.clone(), setup.stamp(), Some(key("nowhere"))).await;
        assert_eq!(refused, Err(PerformanceError::ConcertNotFound), "a refusal leaves its key unused");
    }
    let anew = editor.add_performance(with_id(second), setup.stamp(), Some(key("nowhere"))).await.unwrap();
    assert!(!anew.replayed);
}

pub(super) async fn a_key_changes_a_room_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(5).add_concert().await;
    let rooms = &fixture.ports().rooms;
    let change = |people, text: Option<&str>| ConfigureQueueCommand {
        concert_id: concert.id,
        capacity: Some(Capacity::parse(people).unwrap()),
        admit_per_minute: None,
        status: None,
        reason: None,
        stamp: setup.stamp(),
        key: text.map(key),
    };
    let first = rooms.configure(change(7, Some("key"))).await.unwrap();
    assert_eq!((first.value.settings.capacity.get(), first.created, first.replayed), (7, false, false));
    rooms.configure(change(9, None)).await.unwrap();
    let again = rooms.configure(change(7, Some("key"))).await.unwrap();
    assert_eq!((again.value.settings.capacity.get(), again.created, again.replayed), (9, false, true));
    assert_eq!(setup.figures(&concert).await.settings.capacity.get(), 9, "what others changed since stays");
    assert_eq!(rooms.configure(change(8, Some("key"))).await, Err(KeyReused.into()));
    let record = fixture.ports().audit.entries(concert.id, PageRequest::first()).await.unwrap();
    assert_eq!(record.items.len(), 3, "each change once");
}

pub(super) async fn of_many_with_one_key_one_has_an_effect(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (ports, new) = (fixture.ports(), setup.sale().new_concert());
    let calls = (0..10).map(|n| {
        let (accounts, editor) = (ports.accounts.clone(), ports.editor.clone());
        let registration = registration(setup, None, "key", 1);
        let (mut new, stamp) = (new.clone(), setup.stamp());
        new.concert.id = ConcertId::new(setup.id());
        let name = if n % 2 == 0 { "even" } else { "odd" };
        async move {
            let added = editor.add_concert(new, stamp, Some(key(name)));
            tokio::join!(accounts.register(registration), added)
        }
    });
    let calls: Vec<_> = calls.collect();
    let answers = all_at_once(calls).await;
    let (mut users, mut concerts) = (Vec::new(), Vec::new());
    let (mut opened, mut added) = (0, 0);
    for (registered, concert) in answers {
        let (registered, concert) = (registered.unwrap(), concert.unwrap());
        opened += usize::from(!registered.replayed);
        added += usize::from(!concert.replayed);
        users.push(registered.value.user.id);
        concerts.push(concert.value);
    }
    users.dedup();
    concerts.sort_unstable();
    concerts.dedup();
    assert_eq!((opened, users.len()), (1, 1));
    assert_eq!((added, concerts.len()), (2, 2), "one of each key");
    assert_eq!(ports.programme.concerts(PageRequest::first()).await.unwrap().items.len(), 2);
}
