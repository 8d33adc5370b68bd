use std::time::Duration;

/// When people come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Arrivals {
    /// All at once.
    Crowd,
    /// So many a second, evenly.
    Rate(f64),
}

impl Arrivals {
    /// How long after the doors open this person comes; the first is number 0.
    pub(crate) fn after(self, person: u32) -> Duration {
        match self {
            Self::Crowd => Duration::ZERO,
            Self::Rate(per_second) => Duration::from_secs_f64(f64::from(person) / per_second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_comes_at_once() {
        assert_eq!([0, 1, 1_000_000].map(|person| Arrivals::Crowd.after(person)), [Duration::ZERO; 3]);
    }

    #[test]
    fn a_rate_is_kept_without_drifting() {
        let arrivals = Arrivals::Rate(250.0);
        assert_eq!(arrivals.after(0), Duration::ZERO);
        assert_eq!(arrivals.after(1), Duration::from_millis(4));
        assert_eq!(arrivals.after(250), Duration::from_secs(1));
        assert_eq!(arrivals.after(900_000), Duration::from_hours(1));
        assert_eq!(Arrivals::Rate(0.5).after(3), Duration::from_secs(6));
    }
}
