use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{CreateOperatorKeyCommand, CreateOperatorKeyError};
use seatline_domain::id::{AuditEntryId, OperatorKeyId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::operator_key::{OperatorKey, OperatorKeyName, Role};
use seatline_domain::ports::{Ids, OperatorKeys};

use super::BearerKey;
use crate::queue::QueueTokens;

/// The owner, as their key proves it.
#[derive(Clone, Copy)]
pub struct Owner {
    /// The fingerprint of their key.
    pub operator: OperatorId,
    /// A digest of their key that nobody knows who does not have it.
    pub secret: [u8; 32],
}

/// An operators' key that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedKey {
    /// The key as it is kept.
    pub key: OperatorKey,
    /// The key as it is sent. `None` on a repetition after it was deleted, or after the secrets were changed.
    pub bearer: Option<BearerKey>,
}

/// Makes operators' keys.
///
/// A key that is made under an idempotency key is derived from that, its id, the owner's key and a secret of the service:
/// so a retry is given it again, of which only the hash is stored. Another owner's idempotency key is another one.
pub struct CreateOperatorKey {
    /// Keeps the keys.
    pub keys: Arc<dyn OperatorKeys>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
    /// The service's secrets.
    pub secrets: Arc<QueueTokens>,
}

impl CreateOperatorKey {
    const KEYS: &str = "seatline operators' key";

    /// Makes a key, or finds the one that the idempotency key made.
    ///
    /// # Errors
    /// [`CreateOperatorKeyError::KeyReused`] when the idempotency key came with another name or role before; storage's.
    pub async fn execute(
        &self,
        owner: Owner,
        name: OperatorKeyName,
        role: Role,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<CreatedKey>, CreateOperatorKeyError> {
        let id = OperatorKeyId::new(self.ids.next());
        let derived = key.as_ref().and_then(|key| self.derived(id, &owner, key).next());
        let bearer = derived.map_or_else(BearerKey::generate, Ok)?;
        let command = CreateOperatorKeyCommand {
            id,
            name,
            role,
            hash: bearer.hash(),
            stamp: AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator: owner.operator },
            key: key.clone(),
        };
        let answer = self.keys.create(command).await?;
        let made = &answer.value;
        let bearer = match key {
            Some(key) if answer.replayed && made.deleted.is_none() => {
                self.derived(made.id, &owner, &key).find(|bearer| bearer.hash() == made.hash)
            }
            Some(_) if answer.replayed => None,
            _ => Some(bearer),
        };
        let created = CreatedKey { key: made.clone(), bearer };
        Ok(answer.with(created))
    }

    /// What a key is derived to be, by each secret of the service.
    fn derived(
        &self,
        id: OperatorKeyId,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> impl Iterator<Item = BearerKey> {
        let id = id.uuid();
        let parts: [&[u8]; 3] = [id.as_bytes(), &owner.secret, key.as_str().as_bytes()];
        let bytes: Vec<_> = self.secrets.derive(Self::KEYS, &parts).collect();
        bytes.into_iter().map(|bytes| BearerKey::of(&bytes))
    }
}
