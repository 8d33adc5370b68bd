use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Timelike, Utc};
use seatline_domain::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Reads a date in its one form, `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let digits = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let year = i32::try_from(digits(year, 4)?).ok().filter(|year| *year >= 1)?;
    NaiveDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?)
}

/// Reads an instant in RFC 3339 with any offset, to the microsecond, in the years that Seatline plans for.
fn parse_instant(text: &str) -> Option<Timestamp> {
    const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;
    const DATABASE_DIGITS: u16 = 6;
    const LEAP_SECOND: u32 = 1_000_000_000;
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let instant = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    let plausible = YEARS.contains(&instant.year()) && instant.nanosecond() < LEAP_SECOND;
    plausible.then(|| instant.trunc_subsecs(DATABASE_DIGITS))
}

/// The form of a date, in words.
pub(super) const EXPECTED_DATE: &str = "a date of the form YYYY-MM-DD";
/// The form of an instant, in words.
pub(super) const EXPECTED_INSTANT: &str = "an instant in RFC 3339, such as 2026-12-24T19:00:00+09:00";

/// A date in a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateText(pub(crate) NaiveDate);

impl<'de> Deserialize<'de> for DateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        parse_date(&text).map(Self).ok_or_else(|| D::Error::custom(format_args!("expected {EXPECTED_DATE}")))
    }
}

/// An instant in a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InstantText(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for InstantText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        parse_instant(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom(format_args!("expected {EXPECTED_INSTANT}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert_eq!(parse_date("2026-12-24"), NaiveDate::from_ymd_opt(2026, 12, 24));
        for bad in [
            "2026-02-30",
            "0000-00-00",
            "0000-01-01",
            "99999-01-01",
            "2026-1-1",
            "+2026-01-01",
            "2026-12-24T00:00:00Z",
            " 2026-12-24",
            "24.12.2026",
            "2026-12-24\0",
            "２026-12-24",
            "",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_have_any_offset_and_plausible_years() {
        let utc = parse_instant("2026-12-24T10:00:00Z").unwrap();
        assert_eq!(parse_instant("2026-12-24T19:00:00+09:00"), Some(utc));
        let precise = parse_instant("2026-12-24T10:00:00.123456789Z").unwrap();
        assert_eq!(precise.nanosecond(), 123_456_000);
        for bad in [
            "2026-12-24",
            "2026-12-24 10:00:00Z",
            "2026-12-24T10:00:00",
            "9999-12-31T23:59:59-12:00",
            "0001-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "tomorrow",
        ] {
            assert_eq!(parse_instant(bad), None, "{bad}");
        }
    }
}
