use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::queue::{BoardNews, policy};
use tokio::time::Instant;

/// Says which instant of the database's time is announced now, without asking the database each time.
///
/// It follows the database's clock by the answers that come back fastest, to within half the time that such an answer
/// takes. Nothing is decided by it but what is shown to those who wait.
#[derive(Debug, Default)]
pub(super) struct Announcements {
    clock: Option<Reading>,
    /// Until when everything that happened was heard of.
    heard: Timestamp,
    /// The last instant announced, which never goes back.
    announced: Timestamp,
}

/// When the database's clock was read, here and there.
#[derive(Debug, Clone, Copy)]
struct Reading {
    here: Instant,
    there: Timestamp,
    /// How far off `here` may be.
    uncertainty: TimeDelta,
}

impl Reading {
    /// How much more uncertain an old reading is taken to be, for each second of its age.
    const DRIFT_PER_SECOND: TimeDelta = TimeDelta::microseconds(50);

    fn uncertainty_at(&self, now: Instant) -> TimeDelta {
        let age = now.saturating_duration_since(self.here).as_secs();
        self.uncertainty + Self::DRIFT_PER_SECOND * i32::try_from(age).unwrap_or(i32::MAX)
    }
}

impl Announcements {
    /// Takes note of news that were asked for at that instant and have just come.
    pub(super) fn hear(&mut self, asked: Instant, news: &BoardNews) {
        let half = asked.elapsed() / 2;
        let read = Reading {
            here: asked + half,
            there: news.read_at,
            uncertainty: TimeDelta::from_std(half).unwrap_or(TimeDelta::MAX),
        };
        if self.clock.is_none_or(|known| read.uncertainty <= known.uncertainty_at(read.here)) {
            self.clock = Some(read);
        }
        self.heard = self.heard.max(news.complete_until);
    }

    /// What time it is there; `None` before any news.
    pub(super) fn time(&self) -> Option<Timestamp> {
        let clock = self.clock?;
        Some(clock.there + TimeDelta::from_std(clock.here.elapsed()).ok()?)
    }

    /// As of which instant the line must be told at this time to somebody who joined then.
    pub(super) fn due(&self, time: Timestamp, joined: Timestamp) -> Timestamp {
        policy::announced_at(time).max(joined.min(time)).max(self.announced)
    }

    /// Whether everything that happened until then was heard of.
    pub(super) fn has_heard(&self, until: Timestamp) -> bool {
        self.heard >= until
    }

    /// The instant that is announced to all at this time.
    pub(super) fn at(&self, time: Option<Timestamp>) -> Timestamp {
        let due = time.map_or(Timestamp::MIN_UTC, policy::announced_at);
        due.min(self.heard).max(self.announced)
    }

    /// Takes note of what [`at`](Self::at) said.
    pub(super) fn announce(&mut self, at: Timestamp) {
        self.announced = self.announced.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn noon() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn after(milliseconds: i64) -> Timestamp {
        noon() + TimeDelta::milliseconds(milliseconds)
    }

    async fn pass(milliseconds: u64) {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
    }

    fn news(read_at: Timestamp, complete_until: Timestamp) -> BoardNews {
        BoardNews { read_at, complete_until, rooms: Vec::new() }
    }

    fn due(announcements: &Announcements, joined: Timestamp) -> Option<Timestamp> {
        announcements.time().map(|time| announcements.due(time, joined))
    }

    fn now(announcements: &Announcements) -> Timestamp {
        announcements.at(announcements.time())
    }

    fn hear(announcements: &mut Announcements, at: Timestamp) {
        announcements.hear(Instant::now(), &news(at, at));
    }

    #[tokio::test(start_paused = true)]
    async fn announces_in_steps_a_moment_behind_the_database() {
        let mut announcements = Announcements::default();
        assert_eq!(due(&announcements, noon()), None);
        hear(&mut announcements, noon());
        assert_eq!(now(&announcements), noon() - policy::ANNOUNCE_AFTER);
        pass(99).await;
        assert_eq!(now(&announcements), noon() - policy::ANNOUNCE_AFTER);
        pass(1).await;
        assert_eq!(now(&announcements), noon() - policy::ANNOUNCE_AFTER + policy::ANNOUNCE_EVERY);
    }

    #[tokio::test(start_paused = true)]
    async fn never_announces_what_was_not_heard_and_says_what_is_due() {
        let mut announcements = Announcements::default();
        announcements.hear(Instant::now(), &news(noon(), after(-300)));
        pass(4_000).await;
        assert_eq!(now(&announcements), after(-300));
        assert_eq!(due(&announcements, Timestamp::MIN_UTC), Some(after(3_600)));
        assert!(announcements.has_heard(after(-300)) && !announcements.has_heard(after(-299)));
        announcements.hear(Instant::now(), &news(after(4_000), after(-900)));
        assert_eq!(now(&announcements), after(-300), "what was heard stays heard");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_just_joined_is_due_the_line_as_it_was_then() {
        let mut announcements = Announcements::default();
        hear(&mut announcements, noon());
        assert_eq!(due(&announcements, after(-350)), Some(after(-350)));
        assert_eq!(due(&announcements, after(-450)), Some(after(-400)));
        assert_eq!(due(&announcements, after(5_000)), Some(noon()), "nothing is due of times to come");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_does_not_spoil_the_clock_and_nothing_goes_back() {
        let mut announcements = Announcements::default();
        hear(&mut announcements, noon());
        pass(1_000).await;
        let asked = Instant::now();
        pass(2_000).await;
        announcements.hear(asked, &news(after(1_000), after(1_000)));
        assert_eq!(due(&announcements, noon()), Some(after(2_600)), "by the first reading");
        hear(&mut announcements, after(3_000));
        let at = now(&announcements);
        announcements.announce(at);
        assert_eq!(now(&announcements), after(2_600));
        hear(&mut announcements, after(2_000));
        assert_eq!((now(&announcements), due(&announcements, noon())), (after(2_600), Some(after(2_600))));
    }
}
