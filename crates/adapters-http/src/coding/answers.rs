use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::{self, Bytes};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Coding;
use crate::problem::{Code, Problem};
use crate::unsent::{Kept, LARGE_BYTES, UnsentBytes};

/// Tells one content from any other.
pub(crate) type ContentDigest = [u8; 32];

/// Coded answers, made once for all who are given the same at about the same time.
pub(crate) struct CodedAnswers {
    known: Arc<Mutex<Known>>,
    /// One is coded at a time.
    turns: Arc<Semaphore>,
    unsent: Arc<UnsentBytes>,
}

/// The answers that were coded last, the newest at the end.
#[derive(Default)]
struct Known {
    answers: VecDeque<(Key, Bytes)>,
    bytes: usize,
}

/// What was coded, and how.
type Key = (ContentDigest, Coding);

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

impl Known {
    /// The most that are remembered.
    const ANSWERS_MAX: usize = 64;
    /// The most bytes that they have together.
    const BYTES_MAX: usize = 8 << 20;

    fn get(&self, key: &Key) -> Option<Bytes> {
        self.answers.iter().find(|(known, _)| known == key).map(|(_, coded)| coded.clone())
    }

    /// Remembers another one, and forgets the oldest.
    fn add(&mut self, key: Key, coded: Bytes) {
        self.bytes += coded.len();
        self.answers.push_back((key, coded));
        while self.bytes > Self::BYTES_MAX || self.answers.len() > Self::ANSWERS_MAX {
            let Some((_, oldest)) = self.answers.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }
}

impl CodedAnswers {
    /// How long an answer waits for its turn to be coded.
    const TURN_WAIT: Duration = Duration::from_millis(250);
    /// The most bytes that are coded on a worker thread, within half a millisecond.
    const SMALL: usize = 32 * 1_024;

    pub(crate) fn new(unsent: Arc<UnsentBytes>) -> Self {
        Self { known: Arc::default(), turns: Arc::new(Semaphore::new(1)), unsent }
    }

    /// Codes an answer whose content has this digest, or finds it coded. Gives it back while too many others are coded.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(crate) async fn of<P>(
        &self,
        digest: ContentDigest,
        coding: Coding,
        pieces: P,
    ) -> Result<Result<Bytes, P>, Problem>
    where
        P: Iterator<Item = Bytes> + Send + 'static,
    {
        let key = (digest, coding);
        if let Some(coded) = known(&self.known).get(&key) {
            return Ok(Ok(coded));
        }
        let turn = timeout(Self::TURN_WAIT, self.turns.clone().acquire_owned()).await;
        // Somebody else may have had it made meanwhile.
        if let Some(coded) = known(&self.known).get(&key) {
            return Ok(Ok(coded));
        }
        let Ok(Ok(turn)) = turn else { return Ok(Err(pieces)) };
        let (remembered, unsent) = (self.known.clone(), self.unsent.clone());
        let work = move || {
            let _turn = turn;
            let coded = kept(coding, pieces, &unsent)?;
            known(&remembered).add(key, coded.clone());
            Ok(coded)
        };
        web::block(work).await.map_err(|error| failed(&error))?.map(Ok)
    }

    /// Codes an answer that is whole. Gives it back while too many others are coded.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) async fn of_bytes(
        &self,
        coding: Coding,
        bytes: Bytes,
    ) -> Result<Result<Bytes, Bytes>, Problem> {
        if bytes.len() <= Self::SMALL {
            return kept(coding, [bytes], &self.unsent).map(Ok);
        }
        let coded = self.of(Sha256::digest(&bytes).into(), coding, [bytes.clone()].into_iter()).await?;
        Ok(coded.map_err(|_| bytes))
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

fn known(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: &impl ToString) -> Problem {
    Problem::new(Code::InternalError).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::HttpLimits;

    fn answers(memory: usize) -> CodedAnswers {
        let limits = HttpLimits { unsent_memory_bytes_max: memory, ..HttpLimits::default() };
        CodedAnswers::new(UnsentBytes::new(&limits))
    }

    /// Bytes in which nothing repeats itself.
    fn noise(bytes: u32) -> Bytes {
        (0..bytes / 32).flat_map(|n| <[u8; 32]>::from(Sha256::digest(n.to_be_bytes()))).collect()
    }

    #[actix_web::test]
    async fn what_is_the_same_is_coded_once() {
        let (answers, bytes) = (answers(1 << 20), Bytes::from("x".repeat(100_000)));
        let [first, second] =
            [answers.of_bytes(Coding::Gzip, bytes.clone()), answers.of_bytes(Coding::Gzip, bytes.clone())];
        let (first, second) = futures::join!(first, second);
        let (first, second) = (first.ok().unwrap().unwrap(), second.ok().unwrap().unwrap());
        assert_eq!(first.as_ptr(), second.as_ptr());
        let other = answers.of_bytes(Coding::Brotli, bytes).await.ok().unwrap().unwrap();
        assert_ne!(first, other);
    }

    #[actix_web::test]
    async fn while_others_are_coded_an_answer_waits_a_moment_and_is_given_back() {
        let (answers, bytes) = (answers(1 << 20), noise(100_000));
        let turn = answers.turns.clone().acquire_owned().await.unwrap();
        assert_eq!(answers.of_bytes(Coding::Gzip, bytes.clone()).await.ok().unwrap(), Err(bytes.clone()));
        let small = noise(2_000);
        assert!(answers.of_bytes(Coding::Gzip, small).await.ok().unwrap().is_ok(), "it waits for nobody");
        drop(turn);
        assert!(answers.of_bytes(Coding::Gzip, bytes).await.ok().unwrap().is_ok());
    }

    #[actix_web::test]
    async fn large_coded_answers_take_memory_of_the_budget_until_nobody_has_them() {
        let (answers, bytes) = (answers(150_000), noise(100_000));
        let coded = answers.of_bytes(Coding::Gzip, bytes.clone()).await.ok().unwrap().unwrap();
        assert!(answers.of_bytes(Coding::Brotli, bytes.clone()).await.is_err());
        drop(coded);
        assert!(known(&answers.known).bytes >= 90_000);
        *known(&answers.known) = Known::default();
        assert!(answers.of_bytes(Coding::Brotli, bytes).await.is_ok());
    }

    #[test]
    fn what_was_coded_last_is_remembered_up_to_a_number_and_a_size() {
        let (mut known, key) = (Known::default(), |n: u8| ([n; 32], Coding::Gzip));
        for n in 0..=255 {
            known.add(key(n), Bytes::from_static(b"coded"));
        }
        assert_eq!((known.answers.len(), known.bytes), (Known::ANSWERS_MAX, Known::ANSWERS_MAX * 5));
        assert!(known.get(&key(255)).is_some() && known.get(&key(0)).is_none());
        for n in 0..9 {
            known.add(key(n), Bytes::from(vec![0; 1 << 20]));
        }
        assert_eq!((known.answers.len(), known.bytes), (8, Known::BYTES_MAX));
        known.add(key(9), Bytes::from(vec![0; 9 << 20]));
        assert_eq!((known.answers.len(), known.bytes), (0, 0));
    }
}
