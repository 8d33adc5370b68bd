use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::admission_rate::AdmissionRate;
use super::{AnnouncedBoard, DepartureSums, LineEnd, Number, RoomFigures, RoomStatus};
use crate::Timestamp;
use crate::seat::SeatsLeft;

/// Somebody left the line early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// Its place among all departures of the room: 1, 2, 3, …
    pub sequence: u64,
    /// The number that left.
    pub number: Number,
    /// The instant.
    pub at: Timestamp,
}

/// Everybody who waited up to a number was admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// The last number admitted.
    pub up_to: Number,
    /// The instant.
    pub at: Timestamp,
}

/// Watermarks of a board: up to where it is up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BoardWatermark {
    /// The last departure.
    pub departures: u64,
    /// The last number admitted, or ended with the line.
    pub now_serving: u64,
}

/// What is new in a room since a board was last brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardUpdate {
    /// The room's figures.
    pub figures: RoomFigures,
    /// The last number admitted, or ended with the line, before `admissions`.
    pub served_before: u64,
    /// Admissions that the board has not seen, oldest first; of a room that it has not seen, those of the last moments.
    pub admissions: Vec<Admission>,
    /// Departures that the board has not seen, oldest first, of numbers beyond `served_before`.
    pub departures: Vec<Departure>,
    /// The last departure that is included here or before.
    pub departures_seen: u64,
}

/// What is new in all rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardNews {
    /// The database's time when it was read.
    pub read_at: Timestamp,
    /// How long after it was asked for the answer was there. `read_at` is an instant in between.
    pub read_within: Duration,
    /// Whatever happened before or at this instant is in it. Earlier than `read_at` while somebody else is about to
    /// commit.
    pub complete_until: Timestamp,
    /// Every room with news.
    pub rooms: Vec<BoardUpdate>,
}

/// One waiting room as an instance keeps it in memory: enough to know how many people are ahead of anybody.
///
/// It holds only the numbers that left early, not the people who wait. It answers as of a *published* instant a moment
/// ago, the same on every instance: so a position never rises, whichever instance is asked. Those who joined after that
/// instant get the line as it was when they joined.
#[derive(Debug, Clone)]
pub struct Board {
    figures: RoomFigures,
    watermark: BoardWatermark,
    published: Timestamp,
    /// The last number admitted, or ended with the line, as published.
    served: u64,
    /// Numbers beyond `served` that left, as published, in order.
    departed: Vec<u64>,
    /// Admissions still to be published, oldest first; an end of the line counts as one of all who waited.
    admissions: VecDeque<Admission>,
    /// Numbers whose departure is still to be published, and when they left.
    departures: BTreeMap<u64, Timestamp>,
    admission_rate: AdmissionRate,
    /// The last end of the line, of those that this board has heard of with all who had left before.
    line_end: Option<LineEnd>,
    /// Numbers that had left before that end, in order, once it is published.
    left_before_end: Vec<u64>,
    seats_left: Option<SeatsLeft>,
}

impl Board {
    /// A board that has seen its first update.
    pub fn new(update: &BoardUpdate) -> Self {
        let mut board = Self {
            figures: update.figures,
            watermark: BoardWatermark { departures: 0, now_serving: update.served_before },
            published: Timestamp::MIN_UTC,
            served: update.served_before,
            departed: Vec::new(),
            admissions: VecDeque::new(),
            departures: BTreeMap::new(),
            admission_rate: AdmissionRate::default(),
            line_end: None,
            left_before_end: Vec::new(),
            seats_left: None,
        };
        board.apply(update);
        // Nothing is known of the line before: whether people had waited, or came in at once.
        board.admission_rate = AdmissionRate::default();
        board
    }

    /// Brings it up to date. Figures never go back. Nothing of it shows until it is published.
    pub fn apply(&mut self, update: &BoardUpdate) {
        let known = self.watermark;
        for departure in update.departures.iter().filter(|one| one.sequence > known.departures) {
            self.record_departure(departure.number, departure.at);
        }
        let line_end = update.figures.line_end.filter(|end| end.up_to.get() > known.now_serving);
        let ended = line_end.map(|LineEnd { up_to, at, .. }| Admission { up_to, at });
        let (before, after): (Vec<Admission>, Vec<Admission>) = update
            .admissions
            .iter()
            .filter(|step| step.up_to.get() > known.now_serving)
            .partition(|step| ended.is_none_or(|end| step.up_to < end.up_to));
        self.observe_admissions(&before);
        self.admissions.extend(before.into_iter().chain(ended).chain(after));
        if line_end.is_some() {
            self.line_end = line_end;
            self.left_before_end.clear();
            // A new line begins, which may move otherwise.
            self.admission_rate = AdmissionRate::default();
        }
        self.watermark = BoardWatermark {
            departures: known.departures.max(update.departures_seen),
            now_serving: known.now_serving.max(update.figures.now_serving),
        };
        self.figures = RoomFigures {
            now_serving: self.watermark.now_serving,
            last_number: update.figures.last_number.max(self.figures.last_number),
            ..update.figures
        };
    }

    /// Learns how fast the line moves, by those who were known to wait.
    fn observe_admissions(&mut self, steps: &[Admission]) {
        let mut served = self.watermark.now_serving;
        for step in steps {
            let up_to = step.up_to.get().min(self.figures.last_number);
            if up_to > served {
                let left =
                    self.departures.range(served + 1..=up_to).count() + self.departed_within(served, up_to);
                let left = u64::try_from(left).unwrap_or(u64::MAX);
                self.admission_rate.observe(step.at, (up_to - served).saturating_sub(left));
                served = up_to;
            }
        }
    }

    /// How many numbers after one and up to another have left, as published.
    fn departed_within(&self, after: u64, up_to: u64) -> usize {
        let gone = |up_to: u64| self.departed.partition_point(|departed| *departed <= up_to);
        gone(up_to).saturating_sub(gone(after))
    }

    /// Records that a number has left, also before an update says so.
    pub fn record_departure(&mut self, number: Number, at: Timestamp) {
        let number = number.get();
        if number > self.served && self.departed.binary_search(&number).is_err() {
            self.departures.insert(number, at);
        }
    }

    /// Learns what is left of the seats. What was counted earlier than the last count is no news.
    pub fn observe_seats_left(&mut self, seats_left: SeatsLeft) {
        if self.seats_left.is_none_or(|known| known.as_of < seats_left.as_of) {
            self.seats_left = Some(seats_left);
        }
    }

    /// What is left of the seats, as it was last counted. `None` before the first count.
    pub const fn seats_left(&self) -> Option<&SeatsLeft> {
        self.seats_left.as_ref()
    }

    /// Whether somebody who joins now may find nothing left. Where others wait that is not looked at before the last seat
    /// is gone: the line then ends for all of them.
    pub fn may_be_sold_out(&self) -> bool {
        self.seats_left
            .is_none_or(|left| left.are_sold_out() || self.figures.waiting == 0 && !left.are_plenty())
    }

    /// Answers as of an instant from now on. Does nothing when a later one was published before.
    pub fn publish(&mut self, at: Timestamp) {
        if at <= self.published {
            return;
        }
        self.published = at;
        let mut line_ended = None;
        while let Some(step) = self.admissions.pop_front_if(|step| step.at <= at) {
            self.served = self.served.max(step.up_to.get());
            line_ended = line_ended.or(self.line_end.filter(|end| end.up_to == step.up_to));
        }
        let before = self.departed.len();
        let departed = &mut self.departed;
        self.departures.retain(|number, left_at| {
            let published = *left_at <= at;
            if published {
                departed.push(*number);
            }
            !published
        });
        if departed.len() > before {
            #[expect(
                clippy::stable_sort_primitive,
                reason = "it merges runs that are in order, as these two are"
            )]
            departed.sort();
        }
        let passed_over = departed.partition_point(|number| *number <= self.served);
        let passed_over = departed.drain(..passed_over);
        if let Some(end) = line_ended {
            self.left_before_end = passed_over.filter(|number| end.covers(Number::new(*number))).collect();
        } else {
            drop(passed_over);
        }
        self.admission_rate.forget_before(at);
    }

    /// The instant last published.
    pub const fn published(&self) -> Timestamp {
        self.published
    }

    /// The room's newest figures.
    pub const fn figures(&self) -> &RoomFigures {
        &self.figures
    }

    /// Its watermarks.
    pub const fn watermark(&self) -> BoardWatermark {
        self.watermark
    }

    /// Whether this board knows that a number waits: it was given out before the last update, was not admitted, and
    /// has not left.
    pub fn waits(&self, number: Number) -> bool {
        let in_line = self.figures.now_serving < number.get() && number.get() <= self.figures.last_number;
        in_line && !self.has_left(number.get())
    }

    /// The instant at which a number's wait ended with the line, published or not. `None` where this board does not know
    /// that it did.
    pub fn line_ended_for(&self, number: Number) -> Option<Timestamp> {
        let end = self.line_end.filter(|end| end.covers(number))?;
        let left = self.has_left(number.get()) || self.left_before_end.binary_search(&number.get()).is_ok();
        (!left).then_some(end.at)
    }

    fn has_left(&self, number: u64) -> bool {
        self.departed.binary_search(&number).is_ok() || self.departures.contains_key(&number)
    }

    /// How many people are ahead of a number that waits and joined then. Costs a binary search, whatever the line's
    /// length; for those who joined after the published instant, a look at what is still to be published as well.
    pub fn ahead_of(&self, number: Number, joined: Timestamp) -> u64 {
        let number = number.get();
        let (mut served, mut left_since) = (self.served, 0);
        if joined > self.published {
            let known = self.admissions.iter().take_while(|step| step.at <= joined);
            served = known.map(|step| step.up_to.get()).fold(served, u64::max);
            let between = self.departures.range(served + 1..number.max(served + 1));
            left_since = between.filter(|(_, left_at)| **left_at <= joined).count();
        }
        let ahead = number.saturating_sub(1).max(served);
        let left = self.departed_within(served, ahead) + left_since;
        (ahead - served).saturating_sub(u64::try_from(left).unwrap_or(u64::MAX))
    }

    /// The line as published, for everybody to read, with so many seats free.
    pub fn announced(&self, available_seats: u64) -> AnnouncedBoard {
        let RoomFigures { concert_id, status, last_number, .. } = self.figures;
        AnnouncedBoard {
            concert_id,
            announced_at: self.published,
            status,
            served: self.served,
            last_number,
            departures: DepartureSums::of(self.served, last_number, &self.departed),
            available_seats,
        }
    }

    /// After how many seconds somebody with so many people ahead is likely to be admitted: by the admissions of the last
    /// minutes, or by the room's rate while there were none. `None` when neither is known, and while the room is paused.
    pub fn eta_seconds(&self, ahead: u64) -> Option<u64> {
        if self.figures.status == RoomStatus::Paused {
            return None;
        }
        self.admission_rate.seconds_for(ahead + 1).or_else(|| {
            let per_minute = self.figures.settings.admit_per_minute?.per_minute();
            Some((ahead + 1).saturating_mul(60).div_ceil(per_minute.into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConcertId;
    use crate::queue::{AdmitRate, RoomSettings, RoomStatus};
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    fn figures(now_serving: u64, last_number: u64) -> RoomFigures {
        RoomFigures {
            concert_id: ConcertId::new(Uuid::nil()),
            status: RoomStatus::Open,
            settings: RoomSettings::default(),
            last_number,
            now_serving,
            waiting: 0,
            active: 0,
            expired: 0,
            line_end: None,
        }
    }

    /// What is new: who is served since when, and who left when, counted from the departure after `seen`.
    fn update(now_serving: (u64, i64), last_number: u64, seen: u64, left: &[(u64, i64)]) -> BoardUpdate {
        let departures: Vec<_> = (seen + 1..)
            .zip(left)
            .map(|(sequence, (number, when))| Departure {
                sequence,
                number: Number::new(*number),
                at: at(*when),
            })
            .collect();
        BoardUpdate {
            figures: figures(now_serving.0, last_number),
            served_before: 0,
            admissions: vec![Admission { up_to: Number::new(now_serving.0), at: at(now_serving.1) }],
            departures_seen: departures.last().map_or(seen, |last| last.sequence),
            departures,
        }
    }

    /// The answer to somebody who joined long ago.
    fn ahead(board: &Board, number: u64) -> Option<u64> {
        let number = Number::new(number);
        board.waits(number).then(|| board.ahead_of(number, Timestamp::MIN_UTC))
    }

    #[test]
    fn counts_those_ahead_who_have_not_left() {
        let mut board = Board::new(&update((2, 1), 10, 0, &[(5, 1), (4, 1)]));
        board.publish(at(1));
        assert_eq!((ahead(&board, 3), ahead(&board, 6), ahead(&board, 10)), (Some(0), Some(1), Some(5)));
        assert_eq!(ahead(&board, 4), None, "left");
        assert_eq!(ahead(&board, 2), None, "admitted");
        assert_eq!(ahead(&board, 11), None, "not known yet");
        board.apply(&update((6, 2), 11, 2, &[]));
        board.publish(at(2));
        assert_eq!(ahead(&board, 11), Some(4));
    }

    #[test]
    fn tells_nothing_before_it_is_published() {
        let mut board = Board::new(&update((1, 1), 9, 0, &[(3, 5)]));
        board.publish(at(4));
        assert_eq!(ahead(&board, 9), Some(7), "number 3 leaves at 5");
        board.apply(&update((4, 7), 9, 1, &[(6, 6)]));
        board.publish(at(5));
        assert_eq!(ahead(&board, 9), Some(6));
        board.publish(at(6));
        assert_eq!(ahead(&board, 9), Some(5));
        assert_eq!(ahead(&board, 4), None, "whether it is its turn must be asked elsewhere");
        board.publish(at(7));
        assert_eq!(ahead(&board, 9), Some(3));
        board.publish(at(2));
        assert_eq!(ahead(&board, 9), Some(3), "an earlier instant changes nothing");
    }

    #[test]
    fn what_is_announced_is_what_is_published() {
        let mut board = Board::new(&update((2, 1), 10, 0, &[(5, 1), (4, 9)]));
        board.publish(at(1));
        let announced = board.announced(7);
        assert_eq!((announced.announced_at, announced.served, announced.last_number), (at(1), 2, 10));
        assert_eq!(announced.available_seats, 7);
        for number in [3, 6, 10] {
            assert_eq!(announced.ahead_of(Number::new(number)), ahead(&board, number));
        }
    }

    #[test]
    fn who_joins_is_told_the_line_as_it_was_when_they_joined() {
        let mut board = Board::new(&update((0, 0), 9, 0, &[(2, 3), (4, 5), (7, 6)]));
        board.apply(&update((3, 4), 9, 3, &[]));
        board.publish(at(2));
        let told = |joined| board.ahead_of(Number::new(9), at(joined));
        assert_eq!([1, 2, 3, 4, 5, 6, 9].map(told), [8, 8, 7, 5, 4, 3, 3]);
        assert_eq!(board.ahead_of(Number::new(5), at(6)), 0);
        board.publish(at(6));
        assert_eq!(ahead(&board, 9), Some(3));
    }

    #[test]
    fn who_left_here_is_known_at_once_and_counts_when_published() {
        let mut board = Board::new(&update((1, 1), 6, 0, &[]));
        board.publish(at(1));
        for _ in 0..2 {
            board.record_departure(Number::new(3), at(3));
            board.record_departure(Number::new(1), at(3));
        }
        assert_eq!((ahead(&board, 3), ahead(&board, 6)), (None, Some(4)));
        assert_eq!(board.watermark().departures, 0, "the update is still to come");
        board.apply(&update((1, 1), 6, 0, &[(3, 3), (4, 4)]));
        board.publish(at(5));
        assert_eq!(ahead(&board, 6), Some(2));
        board.record_departure(Number::new(3), at(3));
        assert_eq!(board.ahead_of(Number::new(6), at(9)), 2, "known already");
    }

    #[test]
    fn the_eta_comes_from_admissions_seen_or_else_from_the_rate() {
        let mut first = update((10, 0), 1_000, 0, &[]);
        let mut board = Board::new(&first);
        board.publish(at(0));
        assert_eq!(board.eta_seconds(59), None);
        first.figures.settings.admit_per_minute = Some(AdmitRate::parse(60).unwrap());
        board.apply(&first);
        assert_eq!(board.eta_seconds(59), Some(60));
        for minute in 1..=2 {
            let served = 10 + u64::try_from(minute).unwrap() * 120;
            board.apply(&update((served, minute * 60), 1_000, 0, &[]));
            board.publish(at(minute * 60));
        }
        assert_eq!(board.eta_seconds(59), Some(30), "120 people were admitted a minute");
        let mut paused = update((250, 120), 1_000, 0, &[]);
        paused.figures.status = RoomStatus::Paused;
        board.apply(&paused);
        assert_eq!(board.eta_seconds(59), None, "paused");
    }

    #[test]
    fn who_finds_the_room_empty_or_left_moves_no_line() {
        let mut board = Board::new(&update((1, 0), 1, 0, &[]));
        for person in 2..40 {
            let seconds = i64::try_from(person).unwrap();
            board.apply(&update((person, seconds), person, 0, &[]));
            board.publish(at(seconds));
        }
        board.apply(&update((39, 39), 90, 0, &[(41, 50), (42, 50)]));
        board.publish(at(60));
        assert_eq!(board.eta_seconds(0), None);
        board.apply(&update((40, 60), 90, 2, &[]));
        board.apply(&update((43, 90), 90, 2, &[]));
        assert_eq!(board.eta_seconds(0), Some(30), "one of three was admitted, the others had left");
    }

    #[test]
    fn the_end_of_the_line_is_published_to_all_who_waited_and_to_nobody_else() {
        let mut board = Board::new(&update((2, 0), 9, 0, &[(4, 1)]));
        board.publish(at(1));
        let mut ending = update((2, 0), 9, 1, &[(7, 3)]);
        ending.figures.now_serving = 9;
        let (after, up_to) = (Number::new(2), Number::new(9));
        ending.figures.line_end = Some(LineEnd { at: at(5), after, up_to, written_up_to: after });
        board.apply(&ending);
        let ended = |board: &Board| -> Vec<u64> {
            (1..=10).filter(|number| board.line_ended_for(Number::new(*number)).is_some()).collect()
        };
        assert_eq!(ended(&board), [3, 5, 6, 8, 9], "who left has left");
        assert!(!board.waits(Number::new(9)));
        assert_eq!(board.ahead_of(Number::new(9), at(0)), 5, "not published yet");
        board.publish(at(4));
        assert_eq!(board.ahead_of(Number::new(9), at(0)), 4, "number 7 left at 3");
        board.publish(at(5));
        assert_eq!(ended(&board), [3, 5, 6, 8, 9]);
        let mut anew = ending.clone();
        anew.figures.last_number = 12;
        anew.departures.clear();
        board.apply(&anew);
        assert_eq!((ahead(&board, 10), ahead(&board, 12)), (Some(0), Some(2)), "a new line");
        assert_eq!(ended(&board), [3, 5, 6, 8, 9]);
    }

    #[test]
    fn who_joins_may_find_nothing_left_where_nobody_waits_and_few_are_free() {
        let mut board = Board::new(&update((9, 0), 9, 0, &[]));
        let left = |seconds, available| SeatsLeft {
            as_of: at(seconds),
            last_number: 9,
            has_performances: true,
            available,
            held: 0,
        };
        assert!(board.may_be_sold_out(), "not counted yet");
        board.observe_seats_left(left(1, 5_000));
        assert!(!board.may_be_sold_out());
        board.observe_seats_left(left(2, 5));
        assert!(board.may_be_sold_out());
        board.observe_seats_left(left(1, 5_000));
        assert_eq!(board.seats_left().unwrap().available, 5, "an earlier count is no news");
        let mut waiting = update((9, 0), 12, 0, &[]);
        waiting.figures.waiting = 3;
        board.apply(&waiting);
        assert!(!board.may_be_sold_out(), "all of them would be told at once");
        board.observe_seats_left(left(3, 0));
        assert!(board.may_be_sold_out());
    }

    /// What happened in one second: how many were served, who left, and whether the second instance knows it.
    type Second = (u64, Vec<u64>, bool);
    /// Admissions and departures that an instance does not know yet.
    type Unknown = (Vec<Admission>, Vec<(u64, i64)>);

    proptest! {
        #[test]
        fn agrees_with_counting_and_never_rises_on_any_instance(
            seconds in proptest::collection::vec(
                (0_u64..5, proptest::collection::vec(1_u64..40, 0..4), any::<bool>()), 1..30),
        ) {
            let seconds: Vec<Second> = seconds;
            let (mut serving, mut left, mut now) = (0, BTreeSet::new(), 0);
            let mut history: Vec<(u64, BTreeSet<u64>)> = vec![(0, BTreeSet::new())];
            let mut boards = [Board::new(&update((0, 0), 40, 0, &[])), Board::new(&update((0, 0), 40, 0, &[]))];
            let mut unknown: [Unknown; 2] = Default::default();
            let mut told: Vec<Option<u64>> = vec![Some(u64::MAX); 41];
            for (served, leavers, both) in seconds {
                now += 1;
                let leavers: Vec<_> =
                    leavers.into_iter().filter(|number| *number > serving && left.insert(*number)).collect();
                for _ in 0..served {
                    serving = (serving + 1..=40).find(|number| !left.contains(number)).unwrap_or(serving);
                }
                for (steps, departures) in &mut unknown {
                    steps.push(Admission { up_to: Number::new(serving), at: at(now) });
                    departures.extend(leavers.iter().map(|number| (*number, now)));
                }
                history.push((serving, left.clone()));
                for (index, board) in boards.iter_mut().enumerate().filter(|(index, _)| *index == 0 || both) {
                    let (steps, departures) = std::mem::take(&mut unknown[index]);
                    let mut news = update((serving, now), 40, board.watermark().departures, &departures);
                    news.admissions = steps;
                    board.apply(&news);
                }
                // Both publish the second before, once both know it.
                let (served_then, left_then) = &history[usize::try_from(now - 1).unwrap()];
                for board in boards.iter_mut().filter(|_| both) {
                    board.publish(at(now - 1));
                    for number in 1..=40 {
                        let waits = number > serving && !left.contains(&number);
                        let others = (served_then + 1..number).filter(|other| !left_then.contains(other));
                        let truth: u64 = others.count().try_into().unwrap();
                        let shown = ahead(board, number);
                        prop_assert_eq!(shown, waits.then_some(truth));
                        let place = usize::try_from(number).unwrap();
                        prop_assert!(shown <= told[place]);
                        told[place] = shown;
                    }
                }
            }
        }
    }
}
