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
}
