//! Operators' keys that the owner makes.

use futures::future::join_all;
use seatline_domain::audit::{AuditAction, AuditStamp, Fact, NO_CONCERT, OperatorId, facts};
use seatline_domain::commands::{
    CreateOperatorKeyCommand, CreateOperatorKeyError, DeleteOperatorKeyCommand, DeleteOperatorKeyError,
};
use seatline_domain::id::OperatorKeyId;
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, Role};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::text::Text;

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{key, token_hash};

const OWNER: OperatorId = OperatorId::from_digest([1, 2, 3, 4]);

fn named(setup: Setup<'_>, name: &str, role: Role) -> CreateOperatorKeyCommand {
    let id = setup.id();
    CreateOperatorKeyCommand {
        id: OperatorKeyId::new(id),
        name: Text::parse(name).unwrap(),
        role,
        hash: OperatorKeyHash::new(*token_hash(seatline_domain::id::UserId::new(id)).bytes()),
        stamp: AuditStamp { operator: OWNER, ..setup.stamp() },
        key: None,
    }
}

async fn made(setup: Setup<'_>, name: &str) -> OperatorKey {
    setup.ports.operator_keys.create(named(setup, name, Role::Gate)).await.unwrap().value
}

fn deletion(setup: Setup<'_>, of: &OperatorKey) -> DeleteOperatorKeyCommand {
    let operator = OperatorId::from_digest([5, 6, 7, 8]);
    DeleteOperatorKeyCommand { id: of.id, stamp: AuditStamp { operator, ..setup.stamp() } }
}

async fn good(setup: Setup<'_>) -> Vec<OperatorKey> {
    setup.ports.operator_keys.keys(PageRequest::first()).await.unwrap().items
}

pub(super) async fn a_key_is_found_by_its_hash_and_its_operator(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    for role in [Role::Operator, Role::Support, Role::Gate] {
        let command = named(setup, "가나다 desk", role);
        let made = keys.create(command.clone()).await.unwrap();
        assert!(made.created && !made.replayed);
        let made = made.value;
        let CreateOperatorKeyCommand { id, name, role, hash, stamp, .. } = command;
        let created = KeyChange { at: made.created.at, by: stamp.operator };
        assert_eq!(made, OperatorKey { id, name, role, hash, created, deleted: None });
        assert_eq!(keys.with_hash(hash).await, Ok(Some(made.clone())));
        assert_eq!(keys.of_operators(vec![OWNER, made.operator()]).await, Ok(vec![made]));
    }
    let stranger = named(setup, "nobody", Role::Gate);
    assert_eq!(keys.with_hash(stranger.hash).await, Ok(None));
    assert_eq!(keys.of_operators(vec![OperatorId::SEATLINE, OWNER]).await, Ok(Vec::new()));
}

pub(super) async fn a_deleted_key_opens_nothing_and_keeps_its_name(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let (gone, kept) = (made(setup, "North gate").await, made(setup, "North gate").await);
    assert_eq!(keys.with_hash(gone.hash).await, Ok(Some(gone.clone())));
    let deleted = keys.delete(deletion(setup, &gone)).await.unwrap();
    let by = OperatorId::from_digest([5, 6, 7, 8]);
    assert_eq!(deleted.deleted.map(|deleted| deleted.by), Some(by));
    assert_eq!(deleted, OperatorKey { deleted: deleted.deleted, ..gone.clone() });
    assert_eq!(keys.with_hash(gone.hash).await, Ok(None));
    assert_eq!(good(setup).await, [kept]);
    assert_eq!(keys.of_operators(vec![gone.operator()]).await, Ok(vec![deleted.clone()]));
    let again = DeleteOperatorKeyCommand { id: gone.id, stamp: setup.stamp() };
    assert_eq!(keys.delete(again).await, Ok(deleted), "deleting again changes nothing");
    let never = DeleteOperatorKeyCommand { id: OperatorKeyId::new(setup.id()), stamp: setup.stamp() };
    assert_eq!(keys.delete(never).await, Err(DeleteOperatorKeyError::NotFound));
}

pub(super) async fn making_and_deleting_a_key_is_recorded_once(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let create = CreateOperatorKeyCommand { key: Some(key("once")), ..named(setup, "Desk", Role::Support) };
    let made = ports.operator_keys.create(create.clone()).await.unwrap().value;
    let stamp = AuditStamp { operator: OWNER, ..setup.stamp() };
    let again = CreateOperatorKeyCommand { stamp, ..create.clone() };
    assert!(ports.operator_keys.create(again).await.unwrap().replayed);
    let delete = deletion(setup, &made);
    let deleted = ports.operator_keys.delete(delete.clone()).await.unwrap();
    ports.operator_keys.delete(deletion(setup, &made)).await.unwrap();
    let record = ports.audit.entries(NO_CONCERT, PageRequest::first()).await.unwrap().items;
    let [of_deletion, of_making] = record.as_slice() else { panic!("{record:?}") };
    assert_eq!((of_making.stamp, of_making.action), (create.stamp, AuditAction::OperatorKeyAdded));
    assert_eq!((of_deletion.stamp, of_deletion.action), (delete.stamp, AuditAction::OperatorKeyDeleted));
    let key = |deleted: Option<KeyChange>| {
        facts([
            ("keyId", made.id.to_string().into()),
            ("name", "Desk".into()),
            ("role", "SUPPORT".into()),
            ("deletedAt", Fact::from(deleted.map(|deleted| deleted.at))),
        ])
    };
    assert_eq!((&of_making.before, &of_making.after), (&None, &key(None)));
    assert_eq!((&of_deletion.before, &of_deletion.after), (&Some(key(None)), &key(deleted.deleted)));
}

pub(super) async fn keys_are_paged_newest_first_whatever_is_deleted_meanwhile(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let [one, two, three] = [made(setup, "1").await, made(setup, "2").await, made(setup, "3").await];
    let [four, five] = [made(setup, "4").await, made(setup, "5").await];
    let all = [&five, &four, &three, &two, &one].map(Clone::clone);
    assert_eq!(good(setup).await, all);
    let limit = PageLimit::parse(2).unwrap();
    let first = keys.keys(PageRequest { limit, after: None }).await.unwrap();
    assert_eq!(first.items, [five, four.clone()]);
    keys.delete(deletion(setup, &four)).await.unwrap();
    made(setup, "6").await;
    let second = keys.keys(PageRequest { limit, after: first.next }).await.unwrap();
    assert_eq!(second.items, [three, two]);
    let last = keys.keys(PageRequest { limit, after: second.next }).await.unwrap();
    assert_eq!((last.items, last.next), (vec![one], None));
}

pub(super) async fn an_idempotency_key_makes_one_key(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let once =
        |name| CreateOperatorKeyCommand { key: Some(key("once")), ..named(setup, name, Role::Support) };
    let first = keys.create(once("Desk")).await.unwrap();
    assert_eq!(keys.create(once("Desk")).await, Ok(Answer::replayed(first.value.clone(), true)));
    let other = keys.create(once("Other desk")).await;
    assert_eq!(other, Err(CreateOperatorKeyError::KeyReused(KeyReused)));
    let role = CreateOperatorKeyCommand { role: Role::Operator, ..once("Desk") };
    assert_eq!(keys.create(role).await, Err(CreateOperatorKeyError::KeyReused(KeyReused)));
    let stamp = AuditStamp { operator: OperatorId::SEATLINE, ..setup.stamp() };
    let elsewhere = CreateOperatorKeyCommand { stamp, ..once("Desk") };
    assert!(!keys.create(elsewhere).await.unwrap().replayed, "another owner's is another one");
    assert_eq!(good(setup).await.len(), 2);
    let deleted = keys.delete(deletion(setup, &first.value)).await.unwrap();
    assert_eq!(keys.create(once("Desk")).await, Ok(Answer::replayed(deleted, true)), "as it stands now");
}

pub(super) async fn of_many_with_one_idempotency_key_one_makes_a_key(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let commands: Vec<_> = (0..20)
        .map(|_| CreateOperatorKeyCommand { key: Some(key("once")), ..named(setup, "Desk", Role::Support) })
        .collect();
    let answers = join_all(commands.into_iter().map(|command| keys.create(command))).await;
    let made = answers.iter().filter(|answer| answer.as_ref().is_ok_and(|answer| !answer.replayed));
    assert_eq!(made.count(), 1, "{answers:?}");
    let all = good(setup).await;
    let [only] = all.as_slice() else { panic!("{all:?}") };
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.value == *only)));
}

pub(super) async fn a_key_is_made_and_deleted_by_many_at_a_time(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let old: Vec<_> = join_all((0..10).map(|_| made(setup, "Old"))).await;
    let (gone, new) = tokio::join!(
        join_all(old.iter().flat_map(|key| [key, key]).map(|key| keys.delete(deletion(setup, key)))),
        join_all((0..10).map(|_| made(setup, "New"))),
    );
    assert!(gone.iter().all(Result::is_ok), "{gone:?}");
    let mut listed: Vec<_> = good(setup).await.into_iter().map(|key| key.id).collect();
    let mut expected: Vec<_> = new.into_iter().map(|key| key.id).collect();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

pub(super) async fn the_time_of_keys_goes_on_from_their_making(fixture: &dyn Fixture) {
    let (setup, keys) = (setup(fixture), &fixture.ports().operator_keys);
    let before = keys.now().await.unwrap();
    let made = made(setup, "desk").await;
    let after = keys.now().await.unwrap();
    assert!(before <= made.created.at && made.created.at <= after, "{before} {made:?} {after}");
}
