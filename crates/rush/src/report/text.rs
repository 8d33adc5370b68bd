use std::fmt;
use std::time::Duration;

use indicatif::HumanCount;

use super::{Ending, Finding, Pages, Report, Requests, State, Verdict};
use crate::advice;
use crate::metrics::{Outcome, Quantiles};

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{} at {}", self.title, self.url)?;
        writeln!(to, "concert {}, seed {}", self.concert_id, self.seed)?;
        let ending = match self.ending {
            Ending::Done => "",
            Ending::OutOfPatience => ", when patience ran out",
            Ending::Interrupted => ", interrupted",
        };
        let people = HumanCount(self.people.into());
        writeln!(to, "\n{people} people in {:.1} s{ending}", self.duration_seconds)?;
        for (outcome, count) in &self.outcomes {
            writeln!(to, "  {:<12} {:>10}", outcome.name(), grouped(*count))?;
        }
        let seats = &self.seats;
        let (sold, offered) = (HumanCount(seats.sold), HumanCount(seats.offered));
        writeln!(to, "\n{sold} of {offered} seats sold for {} points", seats.points)?;
        let (refunded, checked_in) = (HumanCount(seats.refunded), HumanCount(seats.checked_in));
        writeln!(to, "{refunded} refunded, {} points; {checked_in} checked in", seats.refunded_points)?;
        if seats.unsettled > 0 {
            writeln!(to, "{} payments whose answer nobody got", HumanCount(seats.unsettled))?;
        }
        self.requests(to)?;
        self.errors(to)?;
        self.promises(to)?;
        self.failures(to)
    }
}

impl Report {
    fn requests(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            to,
            "\n{:.0} requests/s; from when somebody wanted to send one to its answer:",
            self.requests_per_second
        )?;
        writeln!(
            to,
            "  {:<10} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "", "count", "/s", "p50", "p95", "p99", "max"
        )?;
        for Requests { kind, per_second, quantiles } in &self.requests {
            let Quantiles { count, p50, p95, p99, max } = *quantiles;
            let [p50, p95, p99, max] = [p50, p95, p99, max].map(time);
            let count = grouped(count);
            let name = kind.name();
            writeln!(to, "  {name:<10} {count:>10} {per_second:>9.1} {p50:>9} {p95:>9} {p99:>9} {max:>9}")?;
        }
        if let Some(Pages { count, errors, bytes }) = self.pages {
            let [count, errors, bytes] = [count, errors, bytes].map(grouped);
            writeln!(
                to,
                "\n{count} pages and what they load, {bytes} bytes; {errors} not as they should be"
            )?;
        }
        Ok(())
    }

    fn errors(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.errors.is_empty() {
            return writeln!(to, "\nno request was refused");
        }
        writeln!(to, "\nrefused, or not answered")?;
        for refusals in &self.errors {
            let status = if refusals.status == 0 { "-".to_owned() } else { refusals.status.to_string() };
            writeln!(to, "  {status:>3} {:<24} {:>10}", refusals.code, grouped(refusals.count))?;
        }
        if self.errors.iter().any(|refusals| refusals.status == 429) {
            writeln!(to, "\n{}", advice::RATE_LIMITED)?;
        }
        Ok(())
    }

    fn promises(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "\nwhat must hold")?;
        for Finding { text, state, looked, broken, examples, .. } in &self.promises {
            match state {
                State::Kept => writeln!(to, "  kept     {text} (looked {} times)", HumanCount(*looked))?,
                State::Unknown => writeln!(to, "  unknown  {text} (nobody looked)")?,
                State::Broken => writeln!(
                    to,
                    "  BROKEN   {text}: {} of {} times",
                    HumanCount(*broken),
                    HumanCount(*looked)
                )?,
            }
            for example in examples {
                writeln!(to, "             {example}")?;
            }
        }
        Ok(())
    }

    fn failures(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.failures.is_empty() {
            writeln!(to, "\nwhat failed, the first of it")?;
        }
        for failure in &self.failures {
            writeln!(to, "  {failure}")?;
        }
        match self.verdict {
            Verdict::Passed => writeln!(to, "\nPASSED"),
            Verdict::Failed => writeln!(to, "\nFAILED"),
            Verdict::Incomplete => {
                let unfinished = self.outcomes.get(&Outcome::Unfinished).copied().unwrap_or_default();
                let why = match self.ending {
                    Ending::Interrupted => "it was interrupted",
                    Ending::OutOfPatience | Ending::Done => "patience ran out",
                };
                let (unfinished, people) = (HumanCount(unfinished), HumanCount(self.people.into()));
                writeln!(to, "\nINCOMPLETE: {why} before {unfinished} of {people} people were done")
            }
        }
    }
}

/// Writes a count in groups of three digits, as a string that can be padded.
fn grouped(count: u64) -> String {
    HumanCount(count).to_string()
}

/// Writes a duration in about three digits.
fn time(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1e3;
    match millis {
        millis if millis < 10.0 => format!("{millis:.2} ms"),
        millis if millis < 1_000.0 => format!("{millis:.0} ms"),
        millis => format!("{:.1} s", millis / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::points::Points;
    use crate::promises::Promise;
    use crate::report::{Refusals, Seats};
    use crate::service::Kind;

    fn report() -> Report {
        let millis = Duration::from_millis;
        let quantiles = Quantiles {
            count: 1_234,
            p50: millis(2),
            p95: millis(20),
            p99: millis(2_000),
            max: millis(61_000),
        };
        let finding = |promise: Promise, state| Finding {
            promise,
            text: promise.text(),
            state,
            looked: 1_000,
            broken: 3,
            examples: vec!["seat 7".into()],
        };
        Report {
            passed: false,
            verdict: Verdict::Failed,
            url: "http://host".into(),
            concert_id: "an-id".into(),
            title: "Rehearsal".into(),
            seed: 7,
            ending: Ending::Interrupted,
            duration_seconds: 61.26,
            people: 20_000,
            outcomes: BTreeMap::from([(Outcome::Bought, 1_950), (Outcome::Unfinished, 18_050)]),
            seats: Seats {
                offered: 2_000,
                sold: 1_950,
                points: Points::whole(97_500_000),
                unsettled: 1,
                refunded: 50,
                refunded_points: Points::whole(2_500_000),
                checked_in: 480,
            },
            requests_per_second: 20.4,
            requests: vec![Requests { kind: Kind::Poll, per_second: 20.1, quantiles }],
            pages: Some(Pages { count: 160_000, errors: 2, bytes: 1_234_567 }),
            errors: vec![
                Refusals { status: 0, code: "timed_out".into(), count: 1 },
                Refusals { status: 409, code: "seat_held".into(), count: 1_200 },
            ],
            promises: vec![
                finding(Promise::SeatsSoldOnce, State::Broken),
                Finding { examples: Vec::new(), ..finding(Promise::SalesAgree, State::Unknown) },
            ],
            failures: vec!["person 3: poll answered 500".into()],
        }
    }

    #[test]
    fn people_are_told_everything() {
        insta::assert_snapshot!(report().to_string(), @"
        Rehearsal at http://host
        concert an-id, seed 7

        20,000 people in 61.3 s, interrupted
          bought            1,950
          unfinished       18,050

        1,950 of 2,000 seats sold for 97,500,000 points
        50 refunded, 2,500,000 points; 480 checked in
        1 payments whose answer nobody got

        20 requests/s; from when somebody wanted to send one to its answer:
                          count        /s       p50       p95       p99       max
          poll            1,234      20.1   2.00 ms     20 ms     2.0 s    61.0 s

        160,000 pages and what they load, 1,234,567 bytes; 2 not as they should be

        refused, or not answered
            - timed_out                         1
          409 seat_held                     1,200

        what must hold
          BROKEN   no seat is sold to two people: 3 of 1,000 times
                     seat 7
          unknown  the operators' sales agree with what people were told (nobody looked)

        what failed, the first of it
          person 3: poll answered 500

        FAILED
        ");
    }

    #[test]
    fn an_early_end_is_no_pass() {
        let last = |verdict, ending| {
            let report = Report { verdict, ending, ..report() };
            report.to_string().lines().last().unwrap().to_owned()
        };
        let incomplete = "before 18,050 of 20,000 people were done";
        let interrupted = last(Verdict::Incomplete, Ending::Interrupted);
        assert_eq!(interrupted, format!("INCOMPLETE: it was interrupted {incomplete}"));
        let impatient = last(Verdict::Incomplete, Ending::OutOfPatience);
        assert_eq!(impatient, format!("INCOMPLETE: patience ran out {incomplete}"));
        assert_eq!(last(Verdict::Failed, Ending::Interrupted), "FAILED");
        assert_eq!(last(Verdict::Passed, Ending::Done), "PASSED");
    }

    #[test]
    fn whoever_is_kept_to_a_rate_is_told_what_to_do() {
        let limited = Refusals { status: 429, code: "rate_limited".into(), count: 51_211 };
        let text = Report { errors: vec![limited], ..report() }.to_string();
        assert!(
            text.contains("429 rate_limited                 51,211\n\nThe service keeps each address"),
            "{text}"
        );
        assert!(text.contains("SEATLINE_RATE_LIMITS=off"), "{text}");
        assert!(!report().to_string().contains("SEATLINE_RATE_LIMITS"));
    }

    #[test]
    fn machines_are_told_the_same() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!((&json["passed"], &json["verdict"]), (&false.into(), &"FAILED".into()));
        assert_eq!(json["ending"], "interrupted");
        assert_eq!(json["outcomes"]["bought"], 1_950);
        assert_eq!(json["seats"]["points"], 97_500_000);
        assert_eq!(
            (&json["seats"]["refundedPoints"], &json["seats"]["checkedIn"]),
            (&2_500_000.into(), &480.into())
        );
        assert_eq!(json["requests"][0]["kind"], "poll");
        assert_eq!(
            (&json["requests"][0]["count"], &json["requests"][0]["p99Ms"]),
            (&1_234.into(), &2_000.0.into())
        );
        assert_eq!(json["errors"][1]["code"], "seat_held");
        assert_eq!(
            (&json["promises"][0]["promise"], &json["promises"][0]["state"]),
            (&"seatsSoldOnce".into(), &"BROKEN".into())
        );
    }
}
