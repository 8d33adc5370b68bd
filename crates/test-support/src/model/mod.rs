//! Random sequences of operations on two implementations, which must answer and end alike.
//!
//! [`Comparison::run`] plays sequences on the in-memory reference and on a subject. `proptest-state-machine` draws them,
//! each operation by what the reference has answered so far, and shrinks those that fail: a disagreement names the few
//! operations that it takes. Commands carry their ids, so both give the same ones, and an operation still means the same
//! when those before it are left out. Instants are not compared, and time is moved in steps so long that the moments
//! which a real clock adds by itself decide nothing.

mod best_seats;
mod charges;
mod device_codes;
mod ending;
mod known;
mod operation;
mod operator_keys;
mod perform;
mod reference;
mod side;
mod strategies;
mod verdict;
mod webhooks;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prop_assert_eq;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use tokio::runtime::Runtime;

use crate::Fixture;
use ending::ending;
use operation::Operation;
use perform::perform;
use reference::Reference;
use side::Side;

/// How often each kind of answer came, such as `hold SeatTaken`.
pub type Answers = BTreeMap<String, usize>;

/// How many sequences are compared. The same comparison plays the same sequences every time.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// What the sequences are drawn from.
    pub seed: u64,
    /// How many there are.
    pub sequences: u32,
    /// How many operations each has.
    pub length: usize,
}

/// Operations by which two implementations did not answer or end alike. None of them could be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The seed of the comparison, to see it again.
    pub seed: u64,
    /// What was asked, in order.
    pub operations: Vec<String>,
    /// What the subject (left) and the reference (right) said to the last of them, or showed in the end.
    pub difference: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, operations, difference } = self;
        write!(
            f,
            "seed {seed}, {} operations:\n  {}\n{difference}",
            operations.len(),
            operations.join("\n  ")
        )
    }
}

impl Comparison {
    /// The longest time that shrinking takes, five minutes, after which a disagreement may name more operations than it needs.
    const SHRINK_MILLIS_MAX: u32 = 300_000;

    /// Plays every sequence on a fresh reference and a fresh subject.
    ///
    /// # Errors
    /// [`Disagreement`], shrunk, of the first sequence in which they differ.
    pub fn run<F: Fixture + 'static>(self, subject: impl AsyncFn() -> F) -> Result<Answers, Disagreement> {
        let (runtime, answers) = (Runtime::new().unwrap(), RefCell::default());
        let sequences = Reference::sequential_strategy(self.length);
        let run = TestRunner::new(self.config()).run(&sequences, |(reference, operations, seen)| {
            runtime.block_on(async {
                let subject = Side::set_up(Box::new(subject().await)).await;
                play(reference, &subject, &operations, seen.as_deref(), &answers).await
            })
        });
        match run {
            Ok(()) => Ok(answers.into_inner()),
            Err(TestError::Fail(reason, (_, operations, _))) => Err(Disagreement {
                seed: self.seed,
                operations: operations.iter().map(|operation| format!("{operation:?}")).collect(),
                difference: reason.message().to_owned(),
            }),
            Err(TestError::Abort(reason)) => panic!("no sequences: {reason}"),
        }
    }

    fn config(self) -> Config {
        Config {
            cases: self.sequences,
            rng_seed: RngSeed::Fixed(self.seed),
            failure_persistence: None,
            max_shrink_time: Self::SHRINK_MILLIS_MAX,
            max_shrink_iters: u32::MAX - 1,
            ..Config::default()
        }
    }
}

/// Plays one sequence on both. Counts in `seen` how far it came, for shrinking to begin there.
async fn play(
    mut reference: Reference,
    subject: &Side,
    operations: &[Operation],
    seen: Option<&AtomicUsize>,
    answers: &RefCell<Answers>,
) -> Result<(), TestCaseError> {
    for operation in operations {
        if let Some(seen) = seen {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        reference = Reference::apply(reference, operation);
        let (verdict, expected) = (perform(subject, operation).await, reference.verdict());
        prop_assert_eq!(&verdict, expected, "{:?}", operation);
        *answers.borrow_mut().entry(verdict.kind).or_default() += 1;
    }
    for ((asked, ended), (_, expected)) in ending(subject).await.iter().zip(&reference.ending()) {
        prop_assert_eq!(ended, expected, "in the end, {}", asked);
    }
    Ok(())
}
