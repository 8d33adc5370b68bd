use std::time::Duration;

/// The longest of all: more is an error of whoever wrote it.
const MAX: Duration = Duration::from_hours(24);

/// Reads a duration such as `5m` or `250ms`, above zero and at most a day.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    match duration {
        Duration::ZERO => Err("must be greater than zero".into()),
        duration if duration > MAX => Err("must be at most 24h".into()),
        duration => Ok(duration),
    }
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// For so long.
    For(Duration),
    /// It is never removed.
    Forever,
}

impl Retention {
    const DAY: Duration = Duration::from_hours(24);
    const DAYS_MIN: u32 = 2;
    const DAYS_MAX: u32 = 36_500;

    /// How long, if not for ever.
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::For(duration) => Some(duration),
            Self::Forever => None,
        }
    }
}

/// Reads how long something is kept: `90d`, at least two days and at most a hundred years, or `forever`.
pub(crate) fn retention(text: &str) -> Result<Retention, String> {
    if text == "forever" {
        return Ok(Retention::Forever);
    }
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let allowed = Retention::DAY * Retention::DAYS_MIN..=Retention::DAY * Retention::DAYS_MAX;
    if allowed.contains(&duration) {
        Ok(Retention::For(duration))
    } else {
        Err("must be 2d to 36500d, or `forever`".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_bounded() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("24h"), Ok(MAX));
        for text in ["0s", "24h 1ms", "262000y", "5", "-1s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_kept_is_kept_for_days_or_for_ever() {
        let days = |days: u32| Ok(Retention::For(Retention::DAY * days));
        assert_eq!(retention("90d"), days(90));
        assert_eq!((retention("48h"), retention("36500d")), (days(2), days(36_500)));
        assert_eq!(retention("forever"), Ok(Retention::Forever));
        for text in ["47h", "36501d", "0s", "off", "ninety days"] {
            assert!(retention(text).is_err(), "{text}");
        }
    }
}
