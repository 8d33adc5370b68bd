use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::options::Habits;

/// The behaviour of one person, drawn before they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by a chance of its own")]
pub(crate) struct Behaviour {
    pub(crate) gives_up: Option<GivesUp>,
    pub(crate) lets_hold_lapse: bool,
    pub(crate) rejoins: bool,
    pub(crate) refunds: bool,
    pub(crate) checks_in: bool,
    pub(crate) duplicates: Duplicates,
}

/// The requests that somebody sends twice, by the same idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by a chance of its own")]
pub(crate) struct Duplicates {
    pub(crate) charge: bool,
    pub(crate) hold: bool,
    pub(crate) payment: bool,
    pub(crate) refund: bool,
    pub(crate) check_in: bool,
}

/// The point at which somebody gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivesUp {
    /// In the queue, after the given number of polls; at the seats if they are admitted by then.
    InQueue(u8),
    /// At the seats, having seen them.
    AtTheSeats,
    /// With a seat held for them.
    HoldingSeat,
}

impl Behaviour {
    /// The most polls of somebody who gives up in the queue.
    const POLLS_MAX: u8 = 5;

    /// Draws the behaviour of a person. The generator is for the rest of their visit.
    pub(crate) fn draw(seed: u64, person: u32, habits: &Habits) -> (Self, SmallRng) {
        // The generator mixes its seed well: neighbours have nothing in common.
        let mut random = SmallRng::seed_from_u64(seed.wrapping_add(u64::from(person) << 32));
        let gives_up = habits.give_up.happens(&mut random).then(|| match random.random_range(0..4) {
            0 | 1 => GivesUp::InQueue(random.random_range(0..=Self::POLLS_MAX)),
            2 => GivesUp::AtTheSeats,
            _ => GivesUp::HoldingSeat,
        });
        let behaviour = Self {
            gives_up,
            lets_hold_lapse: habits.lapse.happens(&mut random),
            rejoins: habits.refresh.happens(&mut random),
            duplicates: Duplicates {
                charge: habits.retry.happens(&mut random),
                hold: habits.retry.happens(&mut random),
                payment: habits.retry.happens(&mut random),
                refund: habits.retry.happens(&mut random),
                check_in: habits.retry.happens(&mut random),
            },
            refunds: habits.refund.happens(&mut random),
            checks_in: habits.check_in.happens(&mut random),
        };
        (behaviour, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use clap::Parser;

    fn habits(chance: &str) -> Habits {
        let names = ["--give-up", "--lapse", "--refresh", "--retry", "--refund", "--check-in"];
        let options = names.iter().flat_map(|name| [*name, chance]);
        Options::try_parse_from(std::iter::once("seatline-rush").chain(options)).unwrap().habits
    }

    #[test]
    fn the_same_seed_makes_the_same_people_and_another_seed_others() {
        let people =
            |seed| (0..100).map(|person| Behaviour::draw(seed, person, &habits("50%")).0).collect::<Vec<_>>();
        assert_eq!(people(1), people(1));
        assert_ne!(people(1), people(2));
    }

    #[test]
    fn chances_of_none_and_all_mean_nobody_and_everybody() {
        let (never, _) = Behaviour::draw(1, 1, &habits("0%"));
        assert_eq!(never.gives_up, None);
        assert!(!never.lets_hold_lapse && !never.rejoins && !never.duplicates.charge);
        assert!(!never.refunds && !never.checks_in);
        let all: Vec<_> = (0..100).map(|person| Behaviour::draw(1, person, &habits("100%")).0).collect();
        assert!(all.iter().all(|one| one.lets_hold_lapse && one.rejoins && one.duplicates.payment));
        assert!(all.iter().all(|one| one.refunds && one.checks_in));
        for point in [GivesUp::AtTheSeats, GivesUp::HoldingSeat, GivesUp::InQueue(0)] {
            assert!(all.iter().any(|one| one.gives_up == Some(point)), "{point:?}");
        }
    }
}
