use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::audit::OperatorId;
use crate::id::OperatorKeyId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, OperatorKeyName, Role};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Makes an operators' key.
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
    /// The owner.
    pub owner: OperatorId,
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
        KeyOwner::Operator(self.owner)
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
            created: KeyChange { at: now, by: self.owner },
            deleted: None,
        };
        set.operator_keys.insert(self.id, made.clone());
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
    use crate::commands::{DeleteOperatorKeyCommand, DeleteOperatorKeyError};
    use crate::text::Text;

    const OWNER: OperatorId = OperatorId::from_digest([1, 2, 3, 4]);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + chrono::TimeDelta::seconds(seconds)
    }

    fn create(id: u128, name: &str, key: Option<&str>) -> CreateOperatorKeyCommand {
        CreateOperatorKeyCommand {
            id: OperatorKeyId::new(Uuid::from_u128(id)),
            name: Text::parse(name).unwrap(),
            role: Role::Gate,
            hash: OperatorKeyHash::new([u8::try_from(id).unwrap(); 32]),
            owner: OWNER,
            key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
        }
    }

    fn delete(id: u128) -> DeleteOperatorKeyCommand {
        DeleteOperatorKeyCommand { id: OperatorKeyId::new(Uuid::from_u128(id)), owner: OWNER }
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
}
