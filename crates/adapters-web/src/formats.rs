//! Amounts, dates and durations, in the words of a language.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;
use rust_decimal::prelude::ToPrimitive;
use seatline_domain::Timestamp;
use seatline_domain::point::Amount;

use crate::digits::grouped;
use crate::words::Words;

impl Words {
    /// An amount: "77,000 points".
    pub(crate) fn points(self, amount: Amount) -> String {
        self.signed_points(amount.decimal())
    }

    /// An amount that may be negative.
    pub(crate) fn signed_points(self, amount: rust_decimal::Decimal) -> String {
        let count = amount.abs().to_f64().unwrap_or(2.0);
        self.with("points", [("count", count.into()), ("amount", grouped(&amount.to_string()).into())])
    }

    /// The prices from one to another, or the only one.
    pub(crate) fn prices(self, from: Amount, to: Amount) -> String {
        if from == to {
            return self.points(from);
        }
        let from = grouped(&from.decimal().to_string());
        self.with("prices", [("from", from.into()), ("to", self.points(to).into())])
    }

    /// A day: "Thursday, 10 December 2026".
    pub(crate) fn date(self, date: NaiveDate) -> String {
        let weekday = date.weekday().number_from_monday();
        let arguments = [
            ("weekday", weekday.into()),
            ("day", date.day().into()),
            ("month", date.month().into()),
            ("year", date.year().to_string().into()),
        ];
        self.with("date", arguments)
    }

    /// A time of the day in a time zone: "7:00 pm".
    pub(crate) fn time(self, at: Timestamp, zone: Tz) -> String {
        let at = at.with_timezone(&zone);
        let (after_noon, hour) = at.hour12();
        let half = if after_noon { "pm" } else { "am" };
        let arguments =
            [("half", half.into()), ("hour", hour.into()), ("minute", format!("{:02}", at.minute()).into())];
        self.with("time", arguments)
    }

    /// A day and a time in a time zone.
    pub(crate) fn moment(self, at: Timestamp, zone: Tz) -> String {
        let day = at.with_timezone(&zone).date_naive();
        self.with("moment", [("date", self.date(day).into()), ("time", self.time(at, zone).into())])
    }

    /// About how long something takes: "about 5 minutes".
    pub(crate) fn about(self, duration: TimeDelta) -> String {
        let seconds = duration.num_seconds().max(0);
        if seconds < 60 {
            return self.text("about-seconds").into_owned();
        }
        // Rounded up: nobody minds to come earlier.
        let minutes = (seconds + 59) / 60;
        if minutes < 90 {
            return self.with("about-minutes", [("count", minutes.into())]);
        }
        let hours = (minutes + 59) / 60;
        if hours < 48 {
            return self.with("about-hours", [("count", hours.into())]);
        }
        self.with("about-days", [("count", ((hours + 23) / 24).into())])
    }
}

/// Minutes and seconds as a clock shows them: "4:59".
pub(crate) fn clock(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// An instant as HTML's `datetime` has it.
pub(crate) fn machine(at: DateTime<chrono::Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const BOTH: [Words; 2] = [Words(Language::English), Words(Language::Korean)];

    #[test]
    fn amounts_are_said_in_both_languages() {
        assert_eq!(BOTH.map(|words| words.points(Amount::whole(77_000))), ["77,000 points", "77,000포인트"]);
        assert_eq!(BOTH.map(|words| words.points(Amount::whole(1))), ["1 point", "1포인트"]);
        let range = |words: Words| words.prices(Amount::whole(99_000), Amount::whole(165_000));
        assert_eq!(BOTH.map(range), ["99,000 – 165,000 points", "99,000 – 165,000포인트"]);
    }

    #[test]
    fn instants_are_told_in_the_venues_time_zone() {
        let at: Timestamp = "2026-12-10T15:05:00Z".parse().unwrap();
        assert_eq!(
            BOTH.map(|words| words.moment(at, Tz::Asia__Seoul)),
            ["Friday, 11 December 2026, 12:05 am", "2026년 12월 11일 금요일 오전 12:05"]
        );
        assert_eq!(BOTH.map(|words| words.time(at, Tz::UTC)), ["3:05 pm", "오후 3:05"]);
    }

    #[test]
    fn durations_are_rounded_up_and_said_in_words() {
        let about = |seconds| BOTH.map(|words| words.about(TimeDelta::seconds(seconds)));
        assert_eq!(about(20), ["less than a minute", "1분 미만"]);
        assert_eq!(about(60), ["about a minute", "약 1분"]);
        assert_eq!(about(301), ["about 6 minutes", "약 6분"]);
        assert_eq!(about(7_200), ["about 2 hours", "약 2시간"]);
        assert_eq!(about(200_000), ["about 3 days", "약 3일"]);
        assert_eq!(clock(TimeDelta::seconds(299)), "4:59");
        assert_eq!(clock(TimeDelta::seconds(-1)), "0:00");
    }
}
