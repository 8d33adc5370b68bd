use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::DateTime;
use seatline_domain::audit::OperatorId;
use seatline_domain::operator_key::{OperatorKeyHash, Role};
use seatline_domain::operator_session::SessionTimes;
use seatline_domain::ports::OperatorKeys;
use seatline_domain::storage::StorageError;
use subtle::ConstantTimeEq;

use super::{AuthenticateOperator, Owner};
use crate::queue::QueueTokens;

/// The key for which a session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKey {
    /// The owner's.
    Owner,
    /// One that the owner made, by its hash.
    Made(OperatorKeyHash),
}

/// The operator whose session it is, as their key stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionHolder {
    /// The operator.
    pub operator: OperatorId,
    /// What they may do; everything, where it is the owner.
    pub role: Option<Role>,
}

/// A session that has not ended.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedSession {
    /// The operator.
    pub holder: SessionHolder,
    /// The session as it is from now on, where note of its use was to be taken.
    pub renewed: Option<String>,
}

/// Exchanges operators' keys for sessions, which end by time and with their key.
///
/// A session is nowhere stored. It is the hash of a key and the session's times, signed with a secret that all instances
/// have; the owner's has no hash, and is signed with their key too. Whether the key is still good, and what it opens, is
/// looked up each time.
pub struct OperatorSessions {
    /// Keeps the keys, and tells the time.
    pub keys: Arc<dyn OperatorKeys>,
    /// Knows which keys are good.
    pub authenticate: Arc<AuthenticateOperator>,
    /// The service's secrets.
    pub secrets: Arc<QueueTokens>,
}

const HASH: usize = 32;
const INSTANT: usize = 8;
/// The hash of a key, or zeros; when the session was opened and used.
const PAYLOAD: usize = HASH + 2 * INSTANT;
const SIGNATURE: usize = 32;

impl OperatorSessions {
    const SESSIONS: &str = "seatline operators' session";

    /// Opens a session for somebody who has just shown this key.
    ///
    /// # Errors
    /// Storage's.
    pub async fn open(&self, key: SessionKey, owner: &Owner) -> Result<String, StorageError> {
        let times = SessionTimes::opened(self.keys.now().await?);
        Ok(self.write(key, times, owner))
    }

    /// Finds whose session it is; `None` when it is nobody's, has ended, or its key was deleted. A use is noted unless
    /// `in_passing`: then the session ends as if it had not been used.
    ///
    /// # Errors
    /// Storage's.
    pub async fn resume(
        &self,
        text: &str,
        owner: &Owner,
        in_passing: bool,
    ) -> Result<Option<OpenedSession>, StorageError> {
        let Some((key, times)) = self.read(text, owner) else { return Ok(None) };
        let holder = match key {
            SessionKey::Owner => SessionHolder { operator: owner.operator, role: None },
            SessionKey::Made(hash) => match self.authenticate.with_hash(hash).await? {
                Some(known) => SessionHolder { operator: known.operator, role: Some(known.role) },
                None => return Ok(None),
            },
        };
        let now = self.keys.now().await?;
        if !times.is_live(now) {
            return Ok(None);
        }
        let used = if in_passing { None } else { times.used(now) };
        Ok(Some(OpenedSession { holder, renewed: used.map(|times| self.write(key, times, owner)) }))
    }

    fn write(&self, key: SessionKey, times: SessionTimes, owner: &Owner) -> String {
        let hash = match key {
            SessionKey::Owner => [0; HASH],
            SessionKey::Made(hash) => *hash.bytes(),
        };
        let instants = [times.opened_at, times.used_at].map(|at| at.timestamp_micros().to_be_bytes());
        let payload = [hash.as_slice(), instants.as_flattened()].concat();
        let signature = self.signatures(&payload, key, owner).next().unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode([payload.as_slice(), &signature].concat())
    }

    fn read(&self, text: &str, owner: &Owner) -> Option<(SessionKey, SessionTimes)> {
        if text.len() > 2 * (PAYLOAD + SIGNATURE) {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (payload, signature) = bytes.split_at_checked(PAYLOAD)?;
        let (hash, instants) = payload.split_first_chunk::<HASH>()?;
        let key = match hash {
            [0, rest @ ..] if rest.iter().all(|byte| *byte == 0) => SessionKey::Owner,
            hash => SessionKey::Made(OperatorKeyHash::new(*hash)),
        };
        let is_ours = |ours: [u8; SIGNATURE]| bool::from(ours.as_slice().ct_eq(signature));
        if !self.signatures(payload, key, owner).any(is_ours) {
            return None;
        }
        let (opened, used) = instants.split_first_chunk::<INSTANT>()?;
        let instant = |bytes: [u8; INSTANT]| DateTime::from_timestamp_micros(i64::from_be_bytes(bytes));
        let (opened_at, used_at) = (instant(*opened)?, instant(used.try_into().ok()?)?);
        Some((key, SessionTimes { opened_at, used_at }))
    }

    /// The signatures of a session by each secret of the service; the first is that of today.
    fn signatures(
        &self,
        payload: &[u8],
        key: SessionKey,
        owner: &Owner,
    ) -> impl Iterator<Item = [u8; SIGNATURE]> {
        let with_key: &[u8] = match key {
            SessionKey::Owner => &owner.secret,
            SessionKey::Made(_) => &[],
        };
        let parts = [payload, with_key];
        self.secrets.derive(Self::SESSIONS, &parts).collect::<Vec<_>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::QueueKey;
    use chrono::TimeDelta;
    use seatline_domain::ports::MockOperatorKeys;
    use seatline_domain::{Timestamp, operator_session};

    fn sessions(secrets: &[u8], now: Timestamp) -> OperatorSessions {
        let key = |byte: &u8| QueueKey::parse(&[*byte; 32]).unwrap();
        let (first, retired) = secrets.split_first().unwrap();
        let mut keys = MockOperatorKeys::new();
        keys.expect_now().returning(move || Ok(now));
        keys.expect_with_hash().returning(|_| Ok(None));
        let keys: Arc<dyn OperatorKeys> = Arc::new(keys);
        OperatorSessions {
            authenticate: Arc::new(AuthenticateOperator::new(keys.clone())),
            keys,
            secrets: Arc::new(QueueTokens::new(key(first), retired.iter().map(key).collect())),
        }
    }

    fn owner(secret: u8) -> Owner {
        Owner { operator: OperatorId::from_digest([secret; 4]), secret: [secret; 32] }
    }

    fn begun() -> Timestamp {
        "2026-11-21T09:00:00.123456Z".parse().unwrap()
    }

    #[tokio::test]
    async fn the_owners_session_ends_with_its_time_its_key_and_its_secret() {
        let text = sessions(&[1], begun()).open(SessionKey::Owner, &owner(7)).await.unwrap();
        let resumed = |secrets: &'static [u8], key, minutes| {
            let (sessions, text) = (sessions(secrets, begun() + TimeDelta::minutes(minutes)), text.clone());
            async move { sessions.resume(&text, &owner(key), false).await.unwrap() }
        };
        let session = resumed(&[1], 7, 0).await.unwrap();
        assert_eq!(session.holder, SessionHolder { operator: owner(7).operator, role: None });
        assert!(session.renewed.is_none());
        assert!(resumed(&[1], 7, 29).await.unwrap().renewed.is_some());
        assert!(resumed(&[2, 1], 7, 0).await.is_some(), "the secret is retired, and good");
        for (secrets, key, minutes) in [(&[2][..], 7, 0), (&[1], 8, 0), (&[1], 7, 30)] {
            assert!(resumed(secrets, key, minutes).await.is_none(), "{secrets:?} {key} {minutes}");
        }
    }

    #[tokio::test]
    async fn what_is_looked_at_in_passing_makes_no_session_last_longer() {
        let now = begun() + operator_session::IDLE_MAX - TimeDelta::seconds(1);
        let text = sessions(&[1], begun()).open(SessionKey::Owner, &owner(7)).await.unwrap();
        let session = sessions(&[1], now).resume(&text, &owner(7), true).await.unwrap().unwrap();
        assert!(session.renewed.is_none());
    }

    #[tokio::test]
    async fn no_changed_byte_no_cut_and_no_other_key_makes_a_session() {
        let sessions = sessions(&[1], begun());
        let hash = SessionKey::Made(OperatorKeyHash::new([9; 32]));
        let deleted = sessions.open(hash, &owner(7)).await.unwrap();
        assert!(sessions.read(&deleted, &owner(8)).is_some(), "another owner changes nothing of it");
        assert!(sessions.resume(&deleted, &owner(7), false).await.unwrap().is_none(), "its key is deleted");
        let text = sessions.open(SessionKey::Owner, &owner(7)).await.unwrap();
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(sessions.read(&forged, &owner(7)).is_none(), "byte {at}");
            assert!(sessions.read(&text[..at], &owner(7)).is_none(), "cut at {at}");
        }
        assert!(sessions.read(&"A".repeat(10_000), &owner(7)).is_none());
    }
}
