use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::options::Habits;

/// What somebody is going to do, decided before they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whims {
    pub(crate) gives_up: Option<Moment>,
    pub(crate) lapses: bool,
    pub(crate) refreshes: bool,
    pub(crate) repeats: Repeats,
}

/// What somebody sends twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeats {
    pub(crate) charge: bool,
    pub(crate) hold: bool,
    pub(crate) payment: bool,
}

/// When somebody gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// In line, after having asked so many times; at the seats if it is their turn by then.
    InLine(u8),
    /// When they have seen the seats.
    AtTheSeats,
    /// When they have a seat in hand.
    SeatInHand,
}

impl Whims {
    /// How many times somebody asks at most who gives up in line.
    const POLLS_MAX: u8 = 5;

    /// What this person does, and the dice for the rest of their visit.
    pub(crate) fn of(seed: u64, person: u32, habits: &Habits) -> (Self, SmallRng) {
        // The generator mixes its seed well: neighbours have nothing in common.
        let mut dice = SmallRng::seed_from_u64(seed.wrapping_add(u64::from(person) << 32));
        let gives_up = habits.give_up.strikes(&mut dice).then(|| match dice.random_range(0..4) {
            0 | 1 => Moment::InLine(dice.random_range(0..=Self::POLLS_MAX)),
            2 => Moment::AtTheSeats,
            _ => Moment::SeatInHand,
        });
        let whims = Self {
            gives_up,
            lapses: habits.lapse.strikes(&mut dice),
            refreshes: habits.refresh.strikes(&mut dice),
            repeats: Repeats {
                charge: habits.retry.strikes(&mut dice),
                hold: habits.retry.strikes(&mut dice),
                payment: habits.retry.strikes(&mut dice),
            },
        };
        (whims, dice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use clap::Parser;

    fn habits(chance: &str) -> Habits {
        let names = ["--give-up", "--lapse", "--refresh", "--retry"];
        let options = names.iter().flat_map(|name| [*name, chance]);
        Options::try_parse_from(std::iter::once("seatline-rush").chain(options)).unwrap().habits
    }

    #[test]
    fn the_same_seed_makes_the_same_people_and_another_seed_others() {
        let people =
            |seed| (0..100).map(|person| Whims::of(seed, person, &habits("50%")).0).collect::<Vec<_>>();
        assert_eq!(people(1), people(1));
        assert_ne!(people(1), people(2));
    }

    #[test]
    fn chances_of_none_and_all_mean_nobody_and_everybody() {
        let (never, _) = Whims::of(1, 1, &habits("0%"));
        assert_eq!(never.gives_up, None);
        assert!(!never.lapses && !never.refreshes && !never.repeats.charge);
        let all: Vec<_> = (0..100).map(|person| Whims::of(1, person, &habits("100%")).0).collect();
        assert!(all.iter().all(|whims| whims.lapses && whims.refreshes && whims.repeats.payment));
        for moment in [Moment::AtTheSeats, Moment::SeatInHand, Moment::InLine(0)] {
            assert!(all.iter().any(|whims| whims.gives_up == Some(moment)), "{moment:?}");
        }
    }
}
