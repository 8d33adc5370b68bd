use std::collections::BTreeSet;

use seatline_domain::id::ReservationId;
use seatline_domain::queue::{Number, RoomStatus};

use super::dice::Dice;
use super::operation::{Operation, Place, Rate};
use super::side::{CONCERTS, PERFORMANCES, SEATS, USERS};
use super::verdict::{Made, Verdict};

/// What earlier answers told, so that later operations are about things that exist, most of the time.
#[derive(Default)]
pub(super) struct Knowledge {
    places: Vec<Place>,
    /// Places whose turn came, if it has not ended since.
    turns: Vec<Place>,
    reservations: Vec<(ReservationId, Place)>,
    /// Operations with a key that had an effect.
    keyed: Vec<Operation>,
    /// The last id given to something.
    last_id: u64,
}

impl Knowledge {
    /// Remembers what an operation made.
    pub(super) fn learn(&mut self, operation: &Operation, verdict: &Verdict) {
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
    }

    /// Draws the next operation. Each kind comes as often as it makes sequences interesting.
    pub(super) fn next_operation(&mut self, dice: &mut Dice) -> Operation {
        let (concert, user) = (dice.below(CONCERTS), dice.below(USERS));
        match dice.below(100) {
            0..18 => Operation::Join { concert, user },
            18..22 => Operation::Leave(self.place(dice)),
            22..25 => Operation::ShowUp(self.place(dice)),
            25..37 => Operation::Admit { concert },
            37..40 => configure(concert, dice),
            40..58 => self.hold(dice),
            58..61 => self.cancel(dice),
            61..64 => Operation::Sweep,
            64..68 => self.repeat(dice),
            68..74 => Operation::Charge {
                user,
                amount: dice.pick(&[0, 5, 40, 90, 20_000_000]),
                key: dice.below(6),
                id: self.new_id(),
            },
            74..88 => self.pay(dice),
            88..91 => Operation::Look { concert },
            91..93 => Operation::Forget { limit: dice.pick(&[1, 3, 100]) },
            // Seldom so long that idempotency keys lapse.
            _ if dice.percent(6) => Operation::Wait { minutes: dice.pick(&[700, 1_440]) },
            _ => Operation::Wait { minutes: dice.pick(&[1, 1, 1, 2, 3, 6, 12]) },
        }
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A place that somebody has or had: rather a recent one, seldom with the wrong user or a number never given out.
    fn place(&self, dice: &mut Dice) -> Place {
        let Some(last) = self.places.len().checked_sub(1) else {
            return Place { concert: 0, number: Number::new(1), user: 0 };
        };
        let back = if dice.percent(70) { dice.below(USERS) } else { dice.below(self.places.len()) };
        let mut place = *self.places.get(last.saturating_sub(back)).unwrap();
        match dice.below(20) {
            0 => place.user = dice.below(USERS),
            1 => place.number = Number::new(place.number.get() + 50),
            _ => {}
        }
        place
    }

    /// The place of somebody whose turn came lately, most of the time.
    fn turn(&self, dice: &mut Dice) -> Place {
        match self.turns.len().checked_sub(1) {
            Some(last) if dice.percent(70) => *self.turns.get(last.saturating_sub(dice.below(3))).unwrap(),
            _ => self.place(dice),
        }
    }

    fn hold(&mut self, dice: &mut Dice) -> Operation {
        let place = self.turn(dice);
        let performance =
            if dice.percent(80) { place.concert * PERFORMANCES } else { dice.below(CONCERTS * PERFORMANCES) };
        let wanted = dice.pick(&[1, 1, 1, 2, 2, 3]);
        let highest = SEATS + usize::from(dice.percent(10));
        let seats: BTreeSet<usize> = (0..wanted).map(|_| 1 + dice.below(highest)).collect();
        let seats = seats.into_iter().map(|seat| i64::try_from(seat).unwrap()).collect();
        let key = dice.percent(30).then(|| dice.below(6));
        Operation::Hold { place, performance, seats, key, id: self.new_id() }
    }

    /// One of the last operations that had a key and an effect, once more, as somebody asks who heard no answer.
    fn repeat(&mut self, dice: &mut Dice) -> Operation {
        let Some(last) = self.keyed.len().checked_sub(1) else { return Operation::Sweep };
        let again = self.keyed.get(last.saturating_sub(dice.below(4))).unwrap().clone();
        again.with_id(self.new_id())
    }

    fn reservation(&self, dice: &mut Dice) -> Option<(ReservationId, Place)> {
        let last = self.reservations.len().checked_sub(1)?;
        let back = if dice.percent(80) { dice.below(3) } else { dice.below(self.reservations.len()) };
        self.reservations.get(last.saturating_sub(back)).copied()
    }

    fn cancel(&self, dice: &mut Dice) -> Operation {
        let Some((reservation, place)) = self.reservation(dice) else { return Operation::Sweep };
        let user = if dice.percent(90) { place.user } else { dice.below(USERS) };
        Operation::GiveUp { user, reservation }
    }

    fn pay(&mut self, dice: &mut Dice) -> Operation {
        let Some((reservation, own)) = self.reservation(dice) else { return Operation::Sweep };
        let place = if dice.percent(85) { own } else { self.place(dice) };
        let key = dice.percent(30).then(|| dice.below(6));
        Operation::Pay { place, reservation, key, id: self.new_id() }
    }
}

fn configure(concert: usize, dice: &mut Dice) -> Operation {
    let status = if dice.percent(25) { RoomStatus::Paused } else { RoomStatus::Open };
    Operation::Configure {
        concert,
        capacity: dice.percent(50).then(|| dice.pick(&[1, 2, 3, 5])),
        rate: dice.percent(30).then(|| dice.pick(&[Rate::Unlimited, Rate::OneAMinute])),
        status: dice.percent(60).then_some(status),
    }
}
