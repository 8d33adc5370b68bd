use seatline_domain::id::{ChargeId, ReservationId};

use super::operation::{Operation, Place};
use super::verdict::{Made, Verdict};

/// What earlier answers told, so that later operations are about things that exist, most of the time.
#[derive(Default)]
pub(super) struct Known {
    pub(super) places: Vec<Place>,
    /// Places whose turn came, if it has not ended since.
    pub(super) turns: Vec<Place>,
    pub(super) reservations: Vec<(ReservationId, Place)>,
    /// Charges by a provider, and whose they are.
    pub(super) charges: Vec<(ChargeId, usize)>,
    /// Operations with a key that had an effect.
    pub(super) keyed: Vec<Operation>,
    operations: u64,
}

impl Known {
    /// A number that no operation so far has for an id.
    pub(super) fn new_id(&self) -> u64 {
        self.operations + 1
    }

    /// Remembers what an operation made.
    pub(super) fn learn(&mut self, operation: &Operation, verdict: &Verdict) {
        self.operations += 1;
        for made in &verdict.made {
            match (operation, *made) {
                (Operation::Join { concert, user }, Made::Place(number)) => {
                    self.places.push(Place { concert: *concert, number, user: *user });
                }
                (Operation::Join { concert, .. } | Operation::Admit { concert }, Made::Turn(number)) => {
                    let mut places = self.places.iter();
                    self.turns.extend(places.find(|one| (one.concert, one.number) == (*concert, number)));
                }
                (
                    Operation::Hold { place, .. } | Operation::HoldBest { place, .. },
                    Made::Reservation(id),
                ) => {
                    self.reservations.push((id, *place));
                }
                (Operation::CreateCharge { user, .. }, Made::Charge(id)) => self.charges.push((id, *user)),
                _ => {}
            }
        }
        if verdict.succeeded && operation.key().is_some() {
            self.keyed.push(operation.clone());
        }
    }
}
