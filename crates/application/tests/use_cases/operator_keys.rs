use std::sync::{Arc, Mutex};
use std::time::Duration;

use mockall::predicate::eq;
use seatline_application::operator_keys::{
    AuthenticateOperator, BearerKey, CreateOperatorKey, CreatedKey, DeleteOperatorKey, KnownOperator,
    OperatorSessions, Owner, SessionHolder, SessionKey,
};
use seatline_application::operators::ListAudit;
use seatline_application::queue::{QueueKey, QueueTokens};
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Facts, OperatorId};
use seatline_domain::commands::{CreateOperatorKeyCommand, DeleteOperatorKeyError};
use seatline_domain::id::{AuditEntryId, OperatorKeyId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, Role};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{MockAuditLog, MockOperatorKeys, MockProgramme};
use seatline_domain::text::Text;
use tokio::time::{advance, sleep};

use crate::samples::{concert, concert_id, id, ids, now, unavailable};

fn owner(secret: u8) -> Owner {
    Owner { operator: OperatorId::from_digest([1, 2, 3, 4]), secret: [secret; 32] }
}

fn kept(of: &CreateOperatorKeyCommand) -> OperatorKey {
    OperatorKey {
        id: of.id,
        name: of.name.clone(),
        role: of.role,
        hash: of.hash,
        created: KeyChange { at: now(), by: of.stamp.operator },
        deleted: None,
    }
}

fn gate(number: u128, hash: OperatorKeyHash) -> OperatorKey {
    OperatorKey {
        id: OperatorKeyId::new(id(number)),
        name: Text::parse("North gate").unwrap(),
        role: Role::Gate,
        hash,
        created: KeyChange { at: now(), by: owner(1).operator },
        deleted: None,
    }
}

/// The use case with these secrets, of which the first is in use.
fn create(keys: MockOperatorKeys, secrets: Vec<u8>) -> CreateOperatorKey {
    let mut secrets = secrets.into_iter().map(|byte| QueueKey::parse(&[byte; 32]).unwrap());
    let secrets = Arc::new(QueueTokens::new(secrets.next().unwrap(), secrets.collect()));
    CreateOperatorKey { keys: Arc::new(keys), ids: ids(), secrets }
}

async fn created(of: &CreateOperatorKey, owner: Owner, key: Option<&str>) -> Answer<CreatedKey> {
    let key = key.map(|key| IdempotencyKey::parse(key).unwrap());
    of.execute(owner, Text::parse("North gate").unwrap(), Role::Gate, key).await.unwrap()
}

/// A key that is made under an idempotency key, and what a repetition shows by another owner's secret, with these secrets
/// of the service, after this happened to the key.
async fn repeated(
    again_by: Owner,
    secrets: Vec<u8>,
    meanwhile: impl Fn(&mut OperatorKey) + Send + 'static,
) -> [CreatedKey; 2] {
    let made = Arc::new(Mutex::new(None));
    let (mut making, mut finding) = (MockOperatorKeys::new(), MockOperatorKeys::new());
    let known = made.clone();
    making.expect_create().return_once(move |command| {
        let key = kept(&command);
        *known.lock().unwrap() = Some(key.clone());
        Ok(Answer::created(key))
    });
    finding.expect_create().return_once(move |_| {
        let mut key = made.lock().unwrap().clone().unwrap();
        meanwhile(&mut key);
        Ok(Answer::replayed(key, true))
    });
    let first = created(&create(making, vec![1]), owner(1), Some("1")).await;
    let again = created(&create(finding, secrets), again_by, Some("1")).await;
    assert!(first.created && !first.replayed && again.created && again.replayed);
    [first.value, again.value]
}

#[tokio::test]
async fn a_new_key_is_kept_by_its_hash_alone() {
    let mut keys = MockOperatorKeys::new();
    keys.expect_create().times(2).returning(|command| Ok(Answer::created(kept(&command))));
    let create = create(keys, vec![1]);
    let [one, other] =
        [created(&create, owner(1), None).await.value, created(&create, owner(1), None).await.value];
    assert_ne!(one.bearer, other.bearer);
    for made in [one, other] {
        assert_eq!(made.bearer.unwrap().hash(), made.key.hash);
    }
}

#[tokio::test]
async fn a_retry_by_its_owner_is_given_the_key_again() {
    for secrets in [vec![1], vec![2, 1]] {
        let [first, again] = repeated(owner(1), secrets, |_| {}).await;
        assert!(first.bearer.is_some());
        assert_eq!(again, first, "also once the secret is retired");
    }
}

#[tokio::test]
async fn nobody_derives_a_key_without_all_secrets() {
    let [_, without_the_owners] = repeated(owner(2), vec![1], |_| {}).await;
    let [_, without_the_services] = repeated(owner(1), vec![2], |_| {}).await;
    assert_eq!((without_the_owners.bearer, without_the_services.bearer), (None, None));
}

#[tokio::test]
async fn a_key_that_was_deleted_is_not_shown_again() {
    let deleted = |key: &mut OperatorKey| key.deleted = Some(KeyChange { at: now(), by: owner(1).operator });
    let [first, again] = repeated(owner(1), vec![1], deleted).await;
    assert_eq!((again.key.id, again.bearer), (first.key.id, None));
}

#[tokio::test(start_paused = true)]
async fn a_good_key_is_looked_up_once_a_second() {
    let key = BearerKey::generate().unwrap();
    let mut keys = MockOperatorKeys::new();
    let found = gate(7, key.hash());
    let known = KnownOperator { operator: found.operator(), role: Role::Gate };
    keys.expect_with_hash().with(eq(key.hash())).times(2).returning(move |_| Ok(Some(found.clone())));
    keys.expect_with_hash().times(1).returning(|_| Ok(None));
    let authenticate = AuthenticateOperator::new(Arc::new(keys));
    assert!(!authenticate.remembers(&key));
    for moment in [0, 999, 1, 999] {
        advance(Duration::from_millis(moment)).await;
        assert_eq!(authenticate.execute(&key).await, Ok(Some(known)));
        assert!(authenticate.remembers(&key));
    }
    advance(Duration::from_millis(1)).await;
    assert_eq!(authenticate.execute(&key).await, Ok(None), "deleted meanwhile");
    assert!(!authenticate.remembers(&key));
}

/// A port that answers slowly, with what was true when it was asked.
struct Slow(MockOperatorKeys);

#[async_trait::async_trait]
impl seatline_domain::ports::OperatorKeys for Slow {
    async fn create(
        &self,
        command: CreateOperatorKeyCommand,
    ) -> Result<Answer<OperatorKey>, seatline_domain::commands::CreateOperatorKeyError> {
        self.0.create(command).await
    }

    async fn delete(
        &self,
        command: seatline_domain::commands::DeleteOperatorKeyCommand,
    ) -> Result<OperatorKey, DeleteOperatorKeyError> {
        self.0.delete(command).await
    }

    async fn keys(
        &self,
        page: PageRequest<i64>,
    ) -> Result<Page<OperatorKey, i64>, seatline_domain::storage::StorageError> {
        self.0.keys(page).await
    }

    async fn with_hash(
        &self,
        hash: OperatorKeyHash,
    ) -> Result<Option<OperatorKey>, seatline_domain::storage::StorageError> {
        let answer = self.0.with_hash(hash).await;
        sleep(Duration::from_secs(3)).await;
        answer
    }

    async fn of_operators(
        &self,
        operators: Vec<OperatorId>,
    ) -> Result<Vec<OperatorKey>, seatline_domain::storage::StorageError> {
        self.0.of_operators(operators).await
    }

    async fn now(&self) -> Result<seatline_domain::Timestamp, seatline_domain::storage::StorageError> {
        self.0.now().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_look_up_makes_no_key_good_for_longer() {
    let key = BearerKey::generate().unwrap();
    let mut keys = MockOperatorKeys::new();
    let found = gate(7, key.hash());
    keys.expect_with_hash().times(1).return_once(move |_| Ok(Some(found)));
    keys.expect_with_hash().times(1).return_once(|_| Ok(None));
    let authenticate = AuthenticateOperator::new(Arc::new(Slow(keys)));
    assert!(authenticate.execute(&key).await.unwrap().is_some());
    assert_eq!(authenticate.execute(&key).await, Ok(None), "it was asked for three seconds ago");
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_each_time() {
    let key = BearerKey::generate().unwrap();
    let mut keys = MockOperatorKeys::new();
    keys.expect_with_hash().times(1).return_once(|_| Ok(None));
    keys.expect_with_hash().times(1).return_once(|_| Err(unavailable()));
    let found = gate(7, key.hash());
    keys.expect_with_hash().times(1).return_once(move |_| Ok(Some(found)));
    let authenticate = AuthenticateOperator::new(Arc::new(keys));
    assert_eq!(authenticate.execute(&key).await, Ok(None));
    assert_eq!(authenticate.execute(&key).await, Err(unavailable()));
    assert!(authenticate.execute(&key).await.unwrap().is_some(), "made meanwhile");
}

#[tokio::test]
async fn a_key_is_dead_here_as_soon_as_it_is_deleted() {
    let key = BearerKey::generate().unwrap();
    let mut keys = MockOperatorKeys::new();
    let found = gate(7, key.hash());
    let deleted = found.clone();
    keys.expect_with_hash().times(1).return_once(move |_| Ok(Some(found)));
    keys.expect_with_hash().times(1).return_once(|_| Ok(None));
    keys.expect_delete().times(1).return_once(move |command| {
        assert_eq!((command.id, command.stamp.operator), (deleted.id, owner(1).operator));
        Ok(deleted)
    });
    keys.expect_delete().times(1).return_once(|_| Err(DeleteOperatorKeyError::NotFound));
    let keys: Arc<MockOperatorKeys> = Arc::new(keys);
    let authenticate = Arc::new(AuthenticateOperator::new(keys.clone()));
    let delete = DeleteOperatorKey { keys, authenticate: authenticate.clone(), ids: ids() };
    assert!(authenticate.execute(&key).await.unwrap().is_some());
    let key_id = OperatorKeyId::new(id(7));
    delete.execute(owner(1).operator, key_id).await.unwrap();
    assert_eq!(authenticate.execute(&key).await, Ok(None));
    let never = delete.execute(owner(1).operator, key_id).await;
    assert_eq!(never, Err(DeleteOperatorKeyError::NotFound));
}

#[tokio::test]
async fn the_record_names_the_keys_that_were_used() {
    let key = gate(7, OperatorKeyHash::new([7; 32]));
    let entry = |operator| AuditEntry {
        stamp: AuditStamp { entry_id: AuditEntryId::new(id(1)), operator },
        concert_id: concert_id(),
        action: AuditAction::ConcertChanged,
        before: None,
        after: Facts::new(),
        at: now(),
    };
    let entries = [key.operator(), owner(1).operator, key.operator()].map(entry);
    let (mut audit, mut keys, mut programme) =
        (MockAuditLog::new(), MockOperatorKeys::new(), MockProgramme::new());
    programme.expect_concert().return_once(|_| Ok(Some(concert())));
    audit.expect_entries().return_once(move |_, _| Ok(Page { items: entries.into(), next: None }));
    let found = key.clone();
    let asked = vec![key.operator(), owner(1).operator];
    keys.expect_of_operators().with(eq(asked)).times(1).return_once(move |_| Ok(vec![found]));
    let list = ListAudit { programme: Arc::new(programme), audit: Arc::new(audit), keys: Arc::new(keys) };
    let page = list.execute(concert_id(), PageRequest::first()).await.unwrap();
    let named: Vec<_> = page.items.into_iter().map(|change| change.key).collect();
    assert_eq!(named, [Some(key.clone()), None, Some(key)]);
}

#[tokio::test(start_paused = true)]
async fn a_session_opens_what_its_key_opens_and_ends_with_it() {
    let key = BearerKey::generate().unwrap();
    let mut keys = MockOperatorKeys::new();
    keys.expect_now().returning(|| Ok(now()));
    let found = gate(7, key.hash());
    let holder = SessionHolder { operator: found.operator(), role: Some(Role::Gate) };
    keys.expect_with_hash().times(1).return_once(move |_| Ok(Some(found)));
    keys.expect_with_hash().times(1).return_once(|_| Ok(None));
    let keys: Arc<dyn seatline_domain::ports::OperatorKeys> = Arc::new(keys);
    let sessions = OperatorSessions {
        authenticate: Arc::new(AuthenticateOperator::new(keys.clone())),
        keys,
        secrets: Arc::new(QueueTokens::new(QueueKey::parse(&[1; 32]).unwrap(), vec![])),
    };
    let owner = owner(7);
    let session = sessions.open(SessionKey::Made(key.hash()), &owner).await.unwrap();
    let resumed = sessions.resume(&session, &owner, false).await.unwrap().unwrap();
    assert_eq!((resumed.holder, resumed.renewed), (holder, None));
    advance(Duration::from_secs(1)).await;
    assert!(sessions.resume(&session, &owner, false).await.unwrap().is_none(), "its key was deleted");
}
