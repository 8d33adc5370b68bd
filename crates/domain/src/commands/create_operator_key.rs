use thiserror::Error;

use super::Command;
use super::operator_key_record::recorded;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, NO_CONCERT};
use crate::id::OperatorKeyId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, OperatorKeyName, Role};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Makes an operators' key, and records it for audit.
#[derive(Debug, Clone)]
pub struct CreateOperatorKeyCommand {
    /// The id that it gets.
    pub id: OperatorKeyId,
    /// The name of its holder.
    pub name: OperatorKeyName,
    /// What its holder may do.
    pub role: Role,
    /// The hash by which it will be known.
    pub hash: OperatorKeyHash,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
    /// The owner's idempotency key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

/// Error of making an operators' key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CreateOperatorKeyError {
    /// The idempotency key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CreateOperatorKeyCommand {
    const fn key_owner(&self) -> KeyOwner {
        KeyOwner::Operator(self.stamp.operator)
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("operator key {:?} {}", self.role, self.name.as_str()))
    }

    /// The operators' key that this idempotency key made, as it stands now.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<OperatorKey>, KeyReused> {
        match set.recorded(self.key_owner(), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::OperatorKeyCreated(made)) => {
                Ok(Some(set.operator_keys.get(&made.id).unwrap_or(made).clone()))
            }
            Some(_) => Err(KeyReused),
            None => Ok(None),
        }
    }
}

impl Command for CreateOperatorKeyCommand {
    type Success = Answer<OperatorKey>;
    type Error = CreateOperatorKeyError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.operator_keys.insert(self.id);
        footprint.keys.extend(self.key.clone().map(|key| (self.key_owner(), key)));
    }

    fn decide(
        &self,
        set: &mut WorkingSet,
        now: Timestamp,
    ) -> Result<Answer<OperatorKey>, CreateOperatorKeyError> {
        if let Some(made) = self.replayed(set, now)? {
            return Ok(Answer::replayed(made, true));
        }
        let made = OperatorKey {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
            hash: self.hash,
            created: KeyChange { at: now, by: self.stamp.operator },
            deleted: None,
        };
        set.operator_keys.insert(self.id, made.clone());
        set.audit.push(AuditEntry {
            stamp: self.stamp,
            concert_id: NO_CONCERT,
            action: AuditAction::OperatorKeyAdded,
            before: None,
            after: recorded(&made),
            at: now,
        });
        if let Some(key) = &self.key {
            let outcome = Outcome::OperatorKeyCreated(made.clone());
            set.record(self.key_owner(), key, self.fingerprint(), outcome, now);
        }
        Ok(Answer::created(made))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::audit::{Fact, OperatorId};
    use crate::commands::{DeleteOperatorKeyCommand, DeleteOperatorKeyError};
    use crate::id::AuditEntryId;
    use crate::text::Text;

    const OWNER: OperatorId = OperatorId::from_digest([1, 2, 3, 4]);

    fn stamp(id: u128) -> AuditStamp {
        AuditStamp { entry_id: AuditEntryId::new(Uuid::from_u128(id)), operator: OWNER }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + chrono::TimeDelta::seconds(seconds)
    }

    fn create(id: u128, name: &str, key: Option<&str>) -> CreateOperatorKeyCommand {
        CreateOperatorKeyCommand {
            id: OperatorKeyId::new(Uuid::from_u128(id)),
            name: Text::parse(name).unwrap(),
            role: Role::Gate,
            hash: OperatorKeyHash::new([u8::try_from(id).unwrap(); 32]),
            stamp: stamp(id),
            key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
        }
    }

    fn delete(id: u128) -> DeleteOperatorKeyCommand {
        DeleteOperatorKeyCommand { id: OperatorKeyId::new(Uuid::from_u128(id)), stamp: stamp(id + 100) }
    }

    #[test]
    fn a_key_is_made_with_who_made_it_and_when() {
        let mut set = WorkingSet::default();
        let made = create(7, "North gate", None).decide(&mut set, at(3)).unwrap();
        assert!(made.created && !made.replayed);
        assert_eq!(made.value.created, KeyChange { at: at(3), by: OWNER });
        assert_eq!(made.value.operator().to_string(), "00000007");
        assert_eq!(set.operator_keys.added().collect::<Vec<_>>(), [&made.value]);
    }

    #[test]
    fn a_repeated_request_names_the_key_that_it_made_as_it_stands_now() {
        let mut set = WorkingSet::default();
        let first = create(7, "North gate", Some("once")).decide(&mut set, at(0)).unwrap();
        let again = create(8, "North gate", Some("once")).decide(&mut set, at(1)).unwrap();
        assert_eq!(again, Answer::replayed(first.value, true));
        delete(7).decide(&mut set, at(2)).unwrap();
        let again = create(9, "North gate", Some("once")).decide(&mut set, at(3)).unwrap();
        assert_eq!(again.value.deleted, Some(KeyChange { at: at(2), by: OWNER }));
        assert_eq!(set.operator_keys.iter().count(), 1);
        let other = create(9, "South gate", Some("once")).decide(&mut set, at(4));
        assert_eq!(other, Err(CreateOperatorKeyError::KeyReused(KeyReused)));
    }

    #[test]
    fn a_key_is_deleted_once_and_one_that_never_was_is_not_found() {
        let mut set = WorkingSet::default();
        let made = create(7, "North gate", None).decide(&mut set, at(0)).unwrap().value;
        let deleted = delete(7).decide(&mut set, at(1)).unwrap();
        assert_eq!(deleted, OperatorKey { deleted: Some(KeyChange { at: at(1), by: OWNER }), ..made });
        assert_eq!(delete(7).decide(&mut set, at(2)), Ok(deleted));
        assert_eq!(delete(8).decide(&mut set, at(2)), Err(DeleteOperatorKeyError::NotFound));
    }

    #[test]
    fn what_is_done_to_a_key_is_recorded_once_and_without_its_hash() {
        let mut set = WorkingSet::default();
        for _ in 0..2 {
            create(7, "North gate", Some("once")).decide(&mut set, at(0)).unwrap();
        }
        for _ in 0..2 {
            delete(7).decide(&mut set, at(1)).unwrap();
        }
        let [added, deleted] = set.audit.as_slice() else { panic!("{:?}", set.audit) };
        assert_eq!((added.stamp, added.action), (stamp(7), AuditAction::OperatorKeyAdded));
        assert_eq!((deleted.stamp, deleted.action), (stamp(107), AuditAction::OperatorKeyDeleted));
        assert!([added, deleted].iter().all(|entry| entry.concert_id == NO_CONCERT));
        assert_eq!((&added.before, &deleted.before), (&None, &Some(added.after.clone())));
        let names: Vec<_> = added.after.keys().collect();
        assert_eq!(names, ["deletedAt", "keyId", "name", "role"]);
        assert_eq!(deleted.after.get("deletedAt"), Some(&Fact::Instant(at(1))));
    }
}
