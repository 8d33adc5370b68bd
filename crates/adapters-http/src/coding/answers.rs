use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Bytes};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::Coding;
use crate::problem::{Code, Problem};
use crate::unsent::{Kept, LARGE_BYTES, UnsentBytes};

/// Tells one content from any other.
type ContentDigest = [u8; 32];

/// Coded answers, made once for all who are given the same at about the same time.
pub(crate) struct CodedAnswers {
    known: Cache<(ContentDigest, Coding), Bytes>,
    /// One is coded at a time.
    turns: Arc<Semaphore>,
    unsent: Arc<UnsentBytes>,
}

/// A coded answer with its place in the budget.
struct Coded {
    bytes: Vec<u8>,
    _memory: Option<Kept>,
}

impl AsRef<[u8]> for Coded {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl CodedAnswers {
    /// The most bytes of coded answers that are remembered.
    const KNOWN_BYTES_MAX: u64 = 8 << 20;
    /// For how long one is remembered that nobody asks for.
    const KNOWN_FOR: Duration = Duration::from_secs(10);
    /// The most bytes that are coded on a worker thread, within half a millisecond.
    const SMALL: usize = 32 * 1_024;

    pub(crate) fn new(unsent: Arc<UnsentBytes>) -> Self {
        let weigh = |_: &(ContentDigest, Coding), coded: &Bytes| u32::try_from(coded.len()).unwrap_or(u32::MAX);
        let known = Cache::builder()
            .max_capacity(Self::KNOWN_BYTES_MAX)
            .weigher(weigh)
            .time_to_idle(Self::KNOWN_FOR)
            .build();
        Self { known, turns: Arc::new(Semaphore::new(1)), unsent }
    }

    /// Codes an answer whose content has this digest, or finds it coded.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(crate) async fn of(
        &self,
        digest: ContentDigest,
        coding: Coding,
        pieces: impl Iterator<Item = Bytes> + Send + 'static,
    ) -> Result<Bytes, Problem> {
        let key = (digest, coding);
        if let Some(known) = self.known.get(&key) {
            return Ok(known);
        }
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        // Somebody else may have had it made meanwhile.
        if let Some(known) = self.known.get(&key) {
            return Ok(known);
        }
        let (known, unsent) = (self.known.clone(), self.unsent.clone());
        let work = move || {
            let _turn = turn;
            let coded = kept(coding, pieces, &unsent)?;
            known.insert(key, coded.clone());
            Ok(coded)
        };
        web::block(work).await.map_err(|error| failed(&error))?
    }

    /// Codes an answer that is whole.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) async fn of_bytes(&self, coding: Coding, bytes: Bytes) -> Result<Bytes, Problem> {
        if bytes.len() <= Self::SMALL {
            return kept(coding, [bytes], &self.unsent);
        }
        self.of(Sha256::digest(&bytes).into(), coding, [bytes].into_iter()).await
    }
}

/// Codes an answer, and takes the memory of the budget where that is large.
fn kept(
    coding: Coding,
    pieces: impl IntoIterator<Item = Bytes>,
    unsent: &UnsentBytes,
) -> Result<Bytes, Problem> {
    let bytes = coding.encode(pieces).map_err(|error| failed(&error))?;
    let is_large = u64::try_from(bytes.len()).is_ok_and(|bytes| bytes > LARGE_BYTES);
    let memory = is_large.then(|| unsent.keep(bytes.len())).transpose()?;
    Ok(Bytes::from_owner(Coded { bytes, _memory: memory }))
}

fn failed(error: &impl ToString) -> Problem {
    Problem::new(Code::InternalError).because(error)
}
