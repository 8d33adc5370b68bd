//! Reads what operators type. What cannot be read is refused in their language.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use seatline_domain::Timestamp;
use seatline_domain::concert::SeatLimit;
use seatline_domain::concert::policy::MAX_SEATS_PER_USER;
use seatline_domain::point::Amount;
use seatline_domain::queue::policy::{MAX_ADMIT_PER_MINUTE, MAX_CAPACITY};
use seatline_domain::queue::{AdmitRate, Capacity};
use seatline_domain::text::{Text, TextError};

use crate::words::Words;

/// The way browsers send a day and a time.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

pub(super) fn text<const MAX: usize>(words: Words, typed: &str) -> Result<Text<MAX>, String> {
    Text::parse(typed).map_err(|error| match error {
        TextError::Empty => words.text("wrong-empty").into_owned(),
        TextError::TooLong { max } => words.with("wrong-long", [("max", max.into())]),
        TextError::ForbiddenCharacter => words.text("wrong-characters").into_owned(),
    })
}

/// A whole number within bounds. Thousands may be set apart.
pub(super) fn number(words: Words, typed: &str, from: u32, to: u32) -> Result<u32, String> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let number = digits.parse().ok().filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| words.with("wrong-number", [("from", from.into()), ("to", to.into())]))
}

/// How many seats one user may have.
pub(super) fn seat_limit(words: Words, typed: &str) -> Result<SeatLimit, String> {
    let limit = number(words, typed, 1, MAX_SEATS_PER_USER)?;
    SeatLimit::parse(limit).map_err(|_| words.text("wrong-empty").into_owned())
}

/// How many may be active.
pub(super) fn capacity(words: Words, typed: &str) -> Result<Capacity, String> {
    let people = number(words, typed, 1, MAX_CAPACITY)?;
    Capacity::parse(people).map_err(|_| words.text("wrong-empty").into_owned())
}

/// How many are admitted a minute; no limit where nothing was typed.
pub(super) fn rate(words: Words, typed: &str) -> Result<Option<AdmitRate>, String> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let people = number(words, typed, 1, MAX_ADMIT_PER_MINUTE)?;
    AdmitRate::parse(people).map(Some).map_err(|_| words.text("wrong-empty").into_owned())
}

/// An amount. Thousands may be set apart.
pub(super) fn amount(words: Words, typed: &str) -> Result<Amount, String> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    Amount::parse(&digits).map_err(|_| words.text("wrong-amount").into_owned())
}

/// An instant, as the clocks at the venue show it.
pub(super) fn moment(words: Words, typed: &str, zone: Tz) -> Result<Timestamp, String> {
    let minute = typed.trim().get(..16).unwrap_or_default();
    let local = NaiveDateTime::parse_from_str(minute, MOMENT).ok();
    let at = local.and_then(|local| zone.from_local_datetime(&local).earliest());
    at.map(|at| at.to_utc()).ok_or_else(|| words.text("wrong-moment").into_owned())
}

/// The same, if anything was typed.
pub(super) fn optional_moment(words: Words, typed: &str, zone: Tz) -> Result<Option<Timestamp>, String> {
    if typed.trim().is_empty() { Ok(None) } else { moment(words, typed, zone).map(Some) }
}

/// An instant as it is typed at the venue.
pub(super) fn typed_moment(at: Timestamp, zone: Tz) -> String {
    at.with_timezone(&zone).format(MOMENT).to_string()
}

/// Ranges of numbers, such as `1-20, 25`: each with its first and its last.
pub(super) fn ranges(words: Words, typed: &str) -> Result<Vec<(i64, i64)>, String> {
    let parts = typed.split([',', ';', '\n', '\r']).map(str::trim).filter(|part| !part.is_empty());
    let read: Option<Vec<_>> = parts.map(range).collect();
    read.filter(|ranges| !ranges.is_empty()).ok_or_else(|| words.text("wrong-ranges").into_owned())
}

/// One range, such as `1-20`, or one number.
pub(super) fn range(typed: &str) -> Option<(i64, i64)> {
    let (first, last) = typed.split_once(['-', '–', '~']).unwrap_or((typed, typed));
    let number = |digits: &str| digits.trim().parse::<u32>().ok().map(i64::from);
    Some((number(first)?, number(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const WORDS: Words = Words(Language::English);

    #[test]
    fn ranges_are_read_as_people_write_them() {
        assert_eq!(
            ranges(WORDS, "1-20, 25\r\n30 – 31;40~41,"),
            Ok(vec![(1, 20), (25, 25), (30, 31), (40, 41)])
        );
        for wrong in ["", " , ", "a", "1-", "-1", "1-2-3", "1.5", "99999999999"] {
            assert!(ranges(WORDS, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments_are_those_of_the_venue() {
        let at = moment(WORDS, "2026-12-24T19:00", Tz::Asia__Seoul).unwrap();
        assert_eq!(at, "2026-12-24T10:00:00Z".parse::<Timestamp>().unwrap());
        assert_eq!(typed_moment(at, Tz::Asia__Seoul), "2026-12-24T19:00");
        assert_eq!(moment(WORDS, "2026-12-24T19:00:00", Tz::Asia__Seoul), Ok(at));
        // That night clocks went from two to three.
        assert!(moment(WORDS, "2026-03-29T02:30", Tz::Europe__Berlin).is_err());
        for wrong in
            ["", "2026-12-24", "24.12.2026 19:00", "2026-13-24T19:00", "가나다라마바사아자차카타파하"]
        {
            assert!(moment(WORDS, wrong, Tz::UTC).is_err(), "{wrong}");
        }
        assert_eq!(optional_moment(WORDS, " ", Tz::UTC), Ok(None));
    }

    #[test]
    fn numbers_and_amounts_may_have_their_thousands_set_apart() {
        assert_eq!(number(WORDS, "1,000", 1, 1_000), Ok(1_000));
        assert_eq!(number(WORDS, "1001", 1, 1_000), Err("Enter a whole number from 1 to 1,000.".into()));
        assert_eq!(amount(WORDS, "77,000"), Ok(Amount::whole(77_000)));
        assert!(amount(WORDS, "-1").is_err() && amount(WORDS, "").is_err());
    }
}
