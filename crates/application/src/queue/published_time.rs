use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::queue::{BoardNews, policy};
use tokio::time::Instant;

/// The instant of the database's time that is published now, without asking the database each time.
///
/// It knows the database's time only to within the time that the fastest answers take. So it publishes by the earliest
/// time that it may be there, and what an answer [requires](Self::required) is reckoned by the latest: an answer as of
/// that instant is no older than any that any instance gave before the question.
#[derive(Debug, Default)]
pub(super) struct PublishedTime {
    clock: Option<Clock>,
    /// The watermark: everything that happened until then is known here.
    complete_until: Timestamp,
    /// The last instant published, which never goes back.
    published: Timestamp,
}

/// Bounds of the database's time at an instant here.
#[derive(Debug, Clone, Copy)]
struct Clock {
    here: Instant,
    earliest: Timestamp,
    latest: Timestamp,
}

impl Clock {
    /// The share of an interval by which two clocks may measure it differently, inverted: 500 parts in a million, which
    /// is as fast as a clock is usually let be slewed.
    const DRIFT: i32 = 2_000;

    fn at(self, here: Instant) -> Self {
        let passed = TimeDelta::from_std(here.saturating_duration_since(self.here)).unwrap_or(TimeDelta::MAX);
        let drift = passed / Self::DRIFT;
        let (least, most) = (passed - drift, passed.checked_add(&drift).unwrap_or(TimeDelta::MAX));
        let add = |time: Timestamp, passed| time.checked_add_signed(passed).unwrap_or(Timestamp::MAX_UTC);
        Self { here, earliest: add(self.earliest, least), latest: add(self.latest, most) }
    }

    /// The bounds that both know. Where they contradict each other the database's clock was set: then the last reading
    /// counts.
    fn narrowed_by(self, read: Self) -> Self {
        let known = self.at(read.here);
        let (earliest, latest) = (known.earliest.max(read.earliest), known.latest.min(read.latest));
        if earliest <= latest { Self { earliest, latest, ..read } } else { read }
    }
}

impl PublishedTime {
    /// Learns the time and the watermark from news that were asked for at that instant and have just come.
    pub(super) fn observe(&mut self, asked: Instant, news: &BoardNews) {
        let within = TimeDelta::from_std(news.read_within).unwrap_or(TimeDelta::MAX);
        let latest = news.read_at.checked_add_signed(within).unwrap_or(Timestamp::MAX_UTC);
        let read = Clock { here: asked + news.read_within, earliest: news.read_at, latest };
        self.clock = Some(self.clock.map_or(read, |known| known.narrowed_by(read)));
        self.complete_until = self.complete_until.max(news.complete_until);
    }

    fn clock(&self) -> Option<Clock> {
        Some(self.clock?.at(Instant::now()))
    }

    /// The earliest instant as of which somebody who joined then may be answered now. `None` before any
    /// news.
    pub(super) fn required(&self, joined: Timestamp) -> Option<Timestamp> {
        let latest = self.clock()?.latest;
        Some(policy::published_at(latest).max(joined.min(latest)).max(self.published))
    }

    /// Whether the watermark has reached an instant.
    pub(super) fn is_complete_until(&self, instant: Timestamp) -> bool {
        self.complete_until >= instant
    }

    /// The instant that is published to all now.
    pub(super) fn now(&self) -> Timestamp {
        let required = self.clock().map_or(Timestamp::MIN_UTC, |clock| policy::published_at(clock.earliest));
        required.min(self.complete_until).max(self.published)
    }

    /// Records what [`now`](Self::now) said.
    pub(super) fn publish(&mut self, at: Timestamp) {
        self.published = self.published.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
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

    /// Hears that it was so late, within so many milliseconds of the question, and of all that happened until then.
    fn observe(published_time: &mut PublishedTime, asked: Instant, read_at: Timestamp, within: u64) {
        let read_within = Duration::from_millis(within);
        let news = BoardNews { read_at, read_within, complete_until: read_at, rooms: Vec::new() };
        published_time.observe(asked, &news);
    }

    fn observe_now(published_time: &mut PublishedTime, at: Timestamp) {
        observe(published_time, Instant::now(), at, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn publishes_in_steps_a_moment_behind_the_database() {
        let mut published_time = PublishedTime::default();
        assert_eq!(published_time.required(noon()), None);
        observe_now(&mut published_time, noon());
        assert_eq!(published_time.now(), noon() - policy::PUBLISH_AFTER);
        pass(99).await;
        assert_eq!(published_time.now(), noon() - policy::PUBLISH_AFTER);
        pass(2).await;
        assert_eq!(published_time.now(), noon() - policy::PUBLISH_AFTER + policy::PUBLISH_EVERY);
    }

    #[tokio::test(start_paused = true)]
    async fn never_publishes_beyond_the_watermark_and_says_what_is_required() {
        let mut published_time = PublishedTime::default();
        let asked = Instant::now();
        let news = BoardNews {
            read_at: noon(),
            read_within: Duration::ZERO,
            complete_until: after(-300),
            rooms: Vec::new(),
        };
        published_time.observe(asked, &news);
        pass(4_010).await;
        assert_eq!(published_time.now(), after(-300));
        assert_eq!(published_time.required(Timestamp::MIN_UTC), Some(after(3_600)));
        assert!(
            published_time.is_complete_until(after(-300)) && !published_time.is_complete_until(after(-299))
        );
        published_time.observe(
            Instant::now(),
            &BoardNews { read_at: after(4_010), complete_until: after(-900), ..news },
        );
        assert_eq!(published_time.now(), after(-300), "the watermark never goes back");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_just_joined_requires_the_line_as_it_was_then() {
        let mut published_time = PublishedTime::default();
        observe_now(&mut published_time, noon());
        assert_eq!(published_time.required(after(-350)), Some(after(-350)));
        assert_eq!(published_time.required(after(-450)), Some(after(-400)));
        assert_eq!(
            published_time.required(after(5_000)),
            Some(noon()),
            "nothing is required of times to come"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_widens_the_bounds_and_does_not_spoil_a_fast_one() {
        let mut published_time = PublishedTime::default();
        observe(&mut published_time, Instant::now(), noon(), 300);
        pass(301).await;
        assert_eq!((published_time.now(), published_time.required(noon())), (after(-400), Some(noon())));
        assert_eq!(
            published_time.required(Timestamp::MIN_UTC),
            Some(after(-100)),
            "it may be as late as that"
        );
        observe_now(&mut published_time, after(201));
        assert_eq!(
            (published_time.now(), published_time.required(Timestamp::MIN_UTC)),
            (after(-200), Some(after(-200)))
        );
        observe(&mut published_time, Instant::now() - Duration::from_millis(300), after(0), 300);
        assert_eq!(
            (published_time.now(), published_time.required(Timestamp::MIN_UTC)),
            (after(-200), Some(after(-200)))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_was_set_is_believed_and_nothing_goes_back() {
        let mut published_time = PublishedTime::default();
        observe_now(&mut published_time, after(3_000));
        let now = published_time.now();
        published_time.publish(now);
        assert_eq!(now, after(2_600));
        observe_now(&mut published_time, after(2_000));
        assert_eq!(
            (published_time.now(), published_time.required(noon())),
            (after(2_600), Some(after(2_600)))
        );
        observe_now(&mut published_time, after(9_000));
        assert_eq!(published_time.now(), after(8_600));
    }

    /// What happens at one of several instances, so many milliseconds after what happened before.
    #[derive(Debug, Clone)]
    enum Event {
        /// It asks what time it is; the question takes so long, and the answer so long.
        Read { question: u64, answer: u64 },
        /// Somebody polls it.
        Poll,
    }

    fn events() -> impl Strategy<Value = Vec<(u64, usize, Event)>> {
        let read = (0..150_u64, 0..150_u64).prop_map(|(question, answer)| Event::Read { question, answer });
        let event = prop_oneof![1 => read, 4 => Just(Event::Poll)];
        prop::collection::vec((0..60_u64, 0..3_usize, event), 1..60)
    }

    #[derive(Default)]
    struct Instance {
        published_time: PublishedTime,
        /// Answers on their way: when they arrive, when they were asked for, and what they say.
        arriving: Vec<(Instant, Instant, Timestamp)>,
        /// What the polls that wait for an answer require.
        polls: Vec<Timestamp>,
    }

    impl Instance {
        /// Takes the answers that have arrived, answers polls, and says as of which instant the latest were.
        fn proceed(&mut self) -> Option<Timestamp> {
            let arrived = self.arriving.extract_if(.., |(at, ..)| *at <= Instant::now());
            for (at, asked, read_at) in arrived {
                let within = u64::try_from(at.duration_since(asked).as_millis()).unwrap();
                observe(&mut self.published_time, asked, read_at, within);
            }
            let now = self.published_time.now();
            self.polls.extract_if(.., |required| now >= *required).next().map(|_| now)
        }
    }

    async fn no_earlier_instant_is_required_than_was_published(events: Vec<(u64, usize, Event)>) {
        let begin = Instant::now();
        let time = |at: Instant| noon() + TimeDelta::from_std(at.duration_since(begin)).unwrap();
        let mut instances: [Instance; 3] = Default::default();
        let mut published = Timestamp::MIN_UTC;
        for (pause, at, event) in events {
            for _ in 0..pause {
                pass(1).await;
                published =
                    instances.iter_mut().filter_map(Instance::proceed).fold(published, Timestamp::max);
            }
            let instance = instances.get_mut(at).unwrap();
            match event {
                Event::Read { question, answer } => {
                    let (asked, read) = (Instant::now(), Instant::now() + Duration::from_millis(question));
                    instance.arriving.push((read + Duration::from_millis(answer), asked, time(read)));
                }
                Event::Poll => {
                    let Some(required) = instance.published_time.required(Timestamp::MIN_UTC) else {
                        continue;
                    };
                    assert!(required >= published, "{required} is required after {published} was published");
                    instance.polls.push(required);
                    published = instance.proceed().map_or(published, |now| published.max(now));
                }
            }
        }
    }

    proptest! {
        /// However slowly each instance learns what time it is: whoever asks any of them, after any of them answered, is
        /// answered as of no earlier instant.
        #[test]
        fn no_instance_contradicts_another(events in events()) {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_time().start_paused(true).build().unwrap();
            runtime.block_on(no_earlier_instant_is_required_than_was_published(events));
        }
    }
}
