use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Client, PIECE_BYTES, measures};
use crate::problem::Problem;
use crate::settings::HttpLimits;

/// The budget of one instance for large answers that are not sent yet, shared by its workers.
///
/// What all of them keep in memory is bounded, so that slow readers cannot end the process: a buffer each, what was made
/// for one of them alone, and what several share, once. One client may have so many bytes under way, and no more than a
/// small share of the memory, so that a few cannot use it up.
pub(crate) struct UnsentBytes {
    client_bytes_max: u64,
    clients: Mutex<HashMap<Client, UnderWay>>,
    memory_max: usize,
    /// A permit a byte.
    memory: Arc<Semaphore>,
}

/// Answers that are being sent to one client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct UnderWay {
    bytes: u64,
    memory: usize,
}

/// A large answer that is being sent. It counts until it is dropped.
pub(crate) struct Sending {
    budget: Arc<UnsentBytes>,
    client: Client,
    counted: UnderWay,
    left: u64,
    unsent: Gauge,
    _memory: Option<Kept>,
}

/// Memory that counts until this is dropped.
pub(crate) struct Kept {
    permit: OwnedSemaphorePermit,
    kept: Gauge,
}

impl UnsentBytes {
    /// The share of the memory, inverted, that is kept for users: the public has no more than the rest.
    const KEPT_FOR_USERS: usize = 2;
    /// How many clients it takes at least to use the memory up.
    const CLIENTS_MIN: usize = 32;
    /// Memory that an answer takes while it is being sent, whatever its size.
    const BUFFER_BYTES: usize = 2 * PIECE_BYTES;
    /// Seconds after which a client that has read what it asked for may ask for more.
    const RETRY_AFTER_SECONDS: u64 = 5;

    pub(crate) fn new(limits: &HttpLimits) -> Arc<Self> {
        let memory_max = limits.unsent_memory_bytes_max.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            client_bytes_max: limits.unsent_client_bytes_max,
            clients: Mutex::default(),
            memory_max,
            memory: Arc::new(Semaphore::new(memory_max)),
        })
    }

    /// Whether this client may be sent another large answer, before anything is done for it.
    ///
    /// # Errors
    /// 429 while as much is under way as one client may have. The answer that reaches the bound may go beyond it.
    pub(crate) fn require_room(&self, client: Client) -> Result<(), Problem> {
        self.may_begin(self.clients().get(&client).copied().unwrap_or_default(), client)
    }

    /// Begins to send this client so many bytes, of which so many were made for it alone.
    ///
    /// # Errors
    /// 429 as for [`require_room`](Self::require_room), 503 while all answers together keep too much in memory.
    pub(crate) fn begin(
        self: &Arc<Self>,
        client: Client,
        bytes: u64,
        own: usize,
    ) -> Result<Sending, Problem> {
        let (counted, memory) = match client {
            Client::Operator => (UnderWay::default(), None),
            Client::User(_) | Client::Address(_) => {
                let counted = UnderWay { bytes, memory: own.saturating_add(Self::BUFFER_BYTES) };
                (counted, Some(self.admit(client, counted)?))
            }
        };
        let unsent = measures::bytes();
        unsent.increment(measured(bytes));
        Ok(Sending { budget: self.clone(), client, counted, left: bytes, unsent, _memory: memory })
    }

    /// Takes so much memory of the budget.
    ///
    /// # Errors
    /// 503 while there is not so much.
    pub(crate) fn keep(&self, bytes: usize) -> Result<Kept, Problem> {
        let bytes = u32::try_from(bytes).map_err(|_| refuse_all())?;
        let permit = self.memory.clone().try_acquire_many_owned(bytes).map_err(|_| refuse_all())?;
        let kept = measures::memory();
        kept.increment(f64::from(bytes));
        Ok(Kept { permit, kept })
    }

    fn admit(&self, client: Client, answer: UnderWay) -> Result<Kept, Problem> {
        let mut clients = self.clients();
        let mut under_way = clients.get(&client).copied().unwrap_or_default();
        self.may_begin(under_way, client)?;
        let is_public = matches!(client, Client::Address(_));
        if is_public && self.memory.available_permits() < self.memory_max / Self::KEPT_FOR_USERS {
            return Err(refuse_all());
        }
        let kept = self.keep(answer.memory)?;
        under_way.bytes += answer.bytes;
        under_way.memory += answer.memory;
        clients.insert(client, under_way);
        Ok(kept)
    }

    fn may_begin(&self, under_way: UnderWay, client: Client) -> Result<(), Problem> {
        let UnderWay { bytes, memory } = under_way;
        let may = bytes < self.client_bytes_max && memory < self.memory_max / Self::CLIENTS_MIN;
        if may { Ok(()) } else { Err(refuse(client)) }
    }

    fn give_back(&self, client: Client, answer: UnderWay) {
        let mut clients = self.clients();
        if let Some(under_way) = clients.get_mut(&client) {
            under_way.bytes = under_way.bytes.saturating_sub(answer.bytes);
            under_way.memory = under_way.memory.saturating_sub(answer.memory);
            if *under_way == UnderWay::default() {
                clients.remove(&client);
            }
        }
    }

    /// The memory that is kept at present.
    #[cfg(test)]
    pub(crate) fn kept_bytes(&self) -> usize {
        self.memory_max - self.memory.available_permits()
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Client, UnderWay>> {
        // Numbers, which nothing leaves half changed.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sending {
    /// Takes note that so many bytes more were sent.
    pub(crate) fn sent(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX).min(self.left);
        self.left -= bytes;
        self.unsent.decrement(measured(bytes));
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.budget.give_back(self.client, self.counted);
        self.unsent.decrement(measured(self.left));
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.kept.decrement(f64::from(u32::try_from(self.permit.num_permits()).unwrap_or(u32::MAX)));
    }
}

fn refuse(client: Client) -> Problem {
    measures::refused_to(client).increment(1);
    Problem::rate_limited(UnsentBytes::RETRY_AFTER_SECONDS)
        .detail("Too much of what was asked for before is still to be read. Nothing was done.")
}

fn refuse_all() -> Problem {
    measures::refused_to_all().increment(1);
    Problem::unavailable().detail("As many large answers are being sent as this instance can keep.")
}

/// A number of bytes as a gauge takes it.
fn measured(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use seatline_domain::id::UserId;
    use uuid::Uuid;

    use super::*;
    use crate::problem::Code;

    const BUFFER: usize = UnsentBytes::BUFFER_BYTES;
    const CLIENT: usize = UnsentBytes::CLIENTS_MIN;

    fn user(n: u128) -> Client {
        Client::User(UserId::new(Uuid::from_u128(n)))
    }

    /// A budget of a thousand bytes a client, and memory for so many answers to each of the fewest who can use it up.
    fn budget(answers: usize) -> Arc<UnsentBytes> {
        UnsentBytes::new(&HttpLimits {
            unsent_memory_bytes_max: CLIENT * answers * BUFFER,
            unsent_client_bytes_max: 1_000,
            ..HttpLimits::default()
        })
    }

    fn refused(begun: Result<Sending, Problem>) -> Option<Code> {
        begun.err().map(|problem| problem.code())
    }

    #[test]
    fn a_client_may_begin_answers_up_to_its_bound_and_again_when_they_are_sent() {
        let budget = budget(9);
        let mut first = budget.begin(user(1), 999, 0).unwrap();
        let second = budget.begin(user(1), 5_000, 0).unwrap();
        assert_eq!(refused(budget.begin(user(1), 1, 0)), Some(Code::RateLimited));
        assert_eq!(budget.require_room(user(1)).unwrap_err().code(), Code::RateLimited);
        budget.require_room(user(2)).unwrap();
        drop(second);
        budget.require_room(user(1)).unwrap();
        first.sent(999);
        first.sent(999);
        drop(first);
        assert!(budget.clients().is_empty(), "nobody is remembered who has been sent everything");
        assert_eq!(budget.kept_bytes(), 0);
    }

    #[test]
    fn no_client_has_more_than_a_share_of_the_memory() {
        let budget = budget(3);
        let whole = budget.begin(user(1), 1, 9 * BUFFER).unwrap();
        assert_eq!(refused(budget.begin(user(1), 1, 0)), Some(Code::RateLimited));
        let small: Vec<_> = (0..3).map(|_| budget.begin(user(2), 1, 0).unwrap()).collect();
        assert_eq!(refused(budget.begin(user(2), 1, 0)), Some(Code::RateLimited));
        drop((whole, small));
        assert_eq!(budget.kept_bytes(), 0);
    }

    #[test]
    fn memory_is_bounded_over_all_clients_and_given_back() {
        let budget = budget(1);
        let shared = budget.keep((CLIENT - 3) * BUFFER).unwrap();
        let own = budget.begin(user(1), 9, BUFFER).unwrap();
        let last = budget.begin(user(2), 9, 0).unwrap();
        assert_eq!(refused(budget.begin(user(3), 9, 0)), Some(Code::Unavailable));
        assert_eq!(budget.clients().get(&user(3)), None, "who is refused has nothing under way");
        drop(own);
        drop(budget.begin(user(3), 9, BUFFER).unwrap());
        drop((shared, last));
        assert_eq!(budget.kept_bytes(), 0);
    }

    #[test]
    fn the_public_leaves_half_to_users_and_operators_are_not_counted() {
        let (budget, anybody) = (budget(1), |n| Client::Address([n; 16]));
        let public: Vec<_> = (0..=16).map(|n| budget.begin(anybody(n), 9, 0).unwrap()).collect();
        assert_eq!(refused(budget.begin(anybody(17), 9, 0)), Some(Code::Unavailable));
        let users: Vec<_> = (17..32).map(|n| budget.begin(user(n), 9, 0).unwrap()).collect();
        assert_eq!(refused(budget.begin(user(32), 9, 0)), Some(Code::Unavailable));
        let operators: Vec<_> = (0..9).map(|_| budget.begin(Client::Operator, 5_000, 9).unwrap()).collect();
        drop((public, users, operators));
        assert_eq!(budget.kept_bytes(), 0);
    }
}
