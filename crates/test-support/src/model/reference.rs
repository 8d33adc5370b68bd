use std::fmt;

use futures::FutureExt;
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest_state_machine::ReferenceStateMachine;

use super::ending::ending;
use super::known::Known;
use super::operation::Operation;
use super::perform::perform;
use super::side::Side;
use super::strategies::any_operation;
use super::verdict::Verdict;
use crate::InMemoryFixture;

/// The in-memory reference after some operations, and what its answers told.
pub(super) struct Reference {
    side: Side,
    played: Vec<Operation>,
    verdict: Option<Verdict>,
    known: Known,
}

impl Reference {
    fn new() -> Self {
        let side = at_once(Side::set_up(Box::new(InMemoryFixture::new())));
        Self { side, played: Vec::new(), verdict: None, known: Known::default() }
    }

    /// The answer to the last operation.
    pub(super) fn verdict(&self) -> &Verdict {
        self.verdict.as_ref().unwrap()
    }

    /// What it shows when all is done.
    pub(super) fn ending(&self) -> Vec<(String, String)> {
        at_once(ending(&self.side))
    }

    fn play(&mut self, operation: &Operation) {
        let verdict = at_once(perform(&self.side, operation));
        self.known.learn(operation, &verdict);
        self.played.push(operation.clone());
        self.verdict = Some(verdict);
    }
}

/// What a future gives that never waits, as nothing of the in-memory reference does.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

impl Clone for Reference {
    /// Plays the same operations again.
    fn clone(&self) -> Self {
        let mut clone = Self::new();
        self.played.iter().for_each(|operation| clone.play(operation));
        clone
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.played).finish()
    }
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Operation> {
        any_operation(&state.known)
    }

    fn apply(mut state: Self, operation: &Operation) -> Self {
        state.play(operation);
        state
    }
}
