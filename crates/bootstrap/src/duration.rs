use std::time::Duration;

/// Reads a duration such as `5m` or `250ms`, which must not be zero.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() { Err("must be greater than zero".into()) } else { Ok(duration) }
}
