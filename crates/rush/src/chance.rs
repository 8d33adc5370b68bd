use std::str::FromStr;

use rand::{Rng, RngExt};

/// A probability: `3%`, `0.5%` or `3`, which is the same as `3%`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance(f64);

impl Chance {
    /// Whether it can happen at all.
    pub(crate) fn is_possible(self) -> bool {
        self.0 > 0.0
    }

    /// Draws whether it happens this time.
    pub(crate) fn happens(self, random: &mut impl Rng) -> bool {
        random.random_bool(self.0)
    }
}

impl FromStr for Chance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>() {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Self(percent / 100.0)),
            _ => Err("must be 0% to 100%".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    #[test]
    fn percentages_are_read() {
        assert_eq!("3%".parse(), Ok(Chance(0.03)));
        assert_eq!("0.5 %".parse(), Ok(Chance(0.005)));
        assert_eq!("100".parse(), Ok(Chance(1.0)));
        for bad in ["", "%", "-1%", "100.1%", "NaN", "often"] {
            assert!(bad.parse::<Chance>().is_err(), "{bad}");
        }
    }

    #[test]
    fn it_happens_about_as_often_as_it_says() {
        let mut random = SmallRng::seed_from_u64(7);
        let mut count = |chance: Chance| (0..10_000).filter(|_| chance.happens(&mut random)).count();
        assert_eq!((count(Chance(0.0)), count(Chance(1.0))), (0, 10_000));
        assert!((200..400).contains(&count(Chance(0.03))));
    }
}
