use std::time::Duration;

/// The arrival of people over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Arrivals {
    /// All at once.
    AllAtOnce,
    /// The given number a second, evenly.
    PerSecond(f64),
}

impl Arrivals {
    /// The time from when the doors open until this person comes; the first is number 0.
    pub(crate) fn after(self, person: u32) -> Duration {
        match self {
            Self::AllAtOnce => Duration::ZERO,
            Self::PerSecond(per_second) => Duration::from_secs_f64(f64::from(person) / per_second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_comes_at_once() {
        assert_eq!([0, 1, 1_000_000].map(|person| Arrivals::AllAtOnce.after(person)), [Duration::ZERO; 3]);
    }

    #[test]
    fn a_rate_is_kept_without_drifting() {
        let arrivals = Arrivals::PerSecond(250.0);
        assert_eq!(arrivals.after(0), Duration::ZERO);
        assert_eq!(arrivals.after(1), Duration::from_millis(4));
        assert_eq!(arrivals.after(250), Duration::from_secs(1));
        assert_eq!(arrivals.after(900_000), Duration::from_hours(1));
        assert_eq!(Arrivals::PerSecond(0.5).after(3), Duration::from_secs(6));
    }
}
