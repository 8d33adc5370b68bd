use std::fmt;

use futures::FutureExt;
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest_state_machine::ReferenceStateMachine;
use seatline_domain::id::ReservationId;

use super::ending::ending;
use super::operation::{Operation, Place};
use super::perform::perform;
use super::side::Side;
use super::strategies::any_operation;
use super::verdict::{Made, Verdict};
use crate::InMemoryFixture;

/// The in-memory reference after some operations, and what its answers told, so that later operations are about things
/// that exist, most of the time.
pub(super) struct Reference {
    side: Side,
    played: Vec<Operation>,
    verdict: Option<Verdict>,
    pub(super) places: Vec<Place>,
    /// Places whose turn came, if it has not ended since.
    pub(super) turns: Vec<Place>,
    pub(super) reservations: Vec<(ReservationId, Place)>,
    /// Operations with a key that had an effect.
    pub(super) keyed: Vec<Operation>,
}

impl Reference {
    fn new() -> Self {
        let side = at_once(Side::set_up(Box::new(InMemoryFixture::new())));
        let (places, turns, reservations, keyed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { side, played: Vec::new(), verdict: None, places, turns, reservations, keyed }
    }

    /// A number that no operation so far has for an id.
    pub(super) fn new_id(&self) -> u64 {
        u64::try_from(self.played.len()).unwrap() + 1
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
        for made in &verdict.made {
            match (operation, *made) {
                (Operation::Join { concert, user }, Made::Place(number)) => {
                    self.places.push(Place { concert: *concert, number, user: *user });
                }
                (Operation::Join { concert, .. } | Operation::Admit { concert }, Made::Turn(number)) => {
                    let mut places = self.places.iter();
                    self.turns.extend(places.find(|one| (one.concert, one.number) == (*concert, number)));
                }
                (Operation::Hold { place, .. }, Made::Reservation(id)) => {
                    self.reservations.push((id, *place));
                }
                _ => {}
            }
        }
        if verdict.succeeded && operation.key().is_some() {
            self.keyed.push(operation.clone());
        }
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
        any_operation(state)
    }

    fn apply(mut state: Self, operation: &Operation) -> Self {
        state.play(operation);
        state
    }
}
