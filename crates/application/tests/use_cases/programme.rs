use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use mockall::predicate::eq;
use seatline_application::programme::{
    BookableDates, ListBookableDates, ListConcerts, ListPerformances, ProgrammeError, ShowConcert,
};
use seatline_domain::concert::{PerformanceAvailability, PerformanceCursor, PerformanceFilter, policy};
use seatline_domain::page::{Page, PageLimit, PageRequest};
use seatline_domain::ports::MockProgramme;

use crate::samples::{concert, concert_id, date, now, page, performance, unavailable};

/// A performance with a free seat, or without.
fn available(n: u128, free: bool) -> PerformanceAvailability {
    let available_seats = u32::from(free);
    PerformanceAvailability { performance: performance(n), available_seats, as_of: now() }
}

fn programme_with_concert() -> MockProgramme {
    let mut programme = MockProgramme::new();
    programme.expect_concert().with(eq(concert_id())).returning(|_| Ok(Some(concert())));
    programme
}

fn programme_without_concert() -> MockProgramme {
    let mut programme = MockProgramme::new();
    programme.expect_concert().returning(|_| Ok(None));
    programme
}

/// Expects one read of a page, and answers it.
fn expect_read(
    programme: &mut MockProgramme,
    upcoming: bool,
    asked: PageRequest<PerformanceCursor>,
    items: Vec<PerformanceAvailability>,
    next: Option<PerformanceCursor>,
) {
    let filter = PerformanceFilter { date: Some(date()), upcoming };
    programme
        .expect_performances()
        .with(eq(concert_id()), eq(filter), eq(asked))
        .times(1)
        .return_once(move |_, _, _| Ok(Page { items, next }));
}

fn numbers(page: &Page<PerformanceAvailability, PerformanceCursor>) -> Vec<u128> {
    page.items.iter().map(|one| one.performance.id.uuid().as_u128()).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "as a page request takes it")]
fn after(n: u128) -> Option<PerformanceCursor> {
    Some(PerformanceCursor::of(&performance(n)))
}

#[tokio::test]
async fn concerts_are_listed_by_the_page_asked_for() {
    let asked = page(7, Some(concert_id()));
    let mut programme = MockProgramme::new();
    let answer = Page { items: vec![concert()], next: None };
    let returned = answer.clone();
    programme.expect_concerts().with(eq(asked)).return_once(|_| Ok(returned));
    let list = ListConcerts { programme: Arc::new(programme) };
    assert_eq!(list.execute(asked).await, Ok(answer));
}

#[tokio::test]
async fn a_concert_is_shown_or_not_found() {
    let show = ShowConcert { programme: Arc::new(programme_with_concert()) };
    assert_eq!(show.execute(concert_id()).await, Ok(concert()));
    let show = ShowConcert { programme: Arc::new(programme_without_concert()) };
    assert_eq!(show.execute(concert_id()).await, Err(ProgrammeError::ConcertNotFound));
}

#[tokio::test]
async fn an_unknown_concert_has_no_dates_and_no_performances() {
    let programme = Arc::new(programme_without_concert());
    let dates = ListBookableDates { programme: programme.clone() };
    assert_eq!(dates.execute(concert_id()).await, Err(ProgrammeError::ConcertNotFound));
    let list = ListPerformances { programme };
    for bookable in [None, Some(true)] {
        let listed = list.execute(concert_id(), None, bookable, PageRequest::first()).await;
        assert_eq!(listed, Err(ProgrammeError::ConcertNotFound));
    }
}

/// Expects reads of dates, and answers them.
fn expect_dates(
    programme: &mut MockProgramme,
    from: Option<PerformanceCursor>,
    items: Vec<PerformanceAvailability>,
    next: Option<PerformanceCursor>,
) {
    let filter = PerformanceFilter { date: None, upcoming: true };
    programme
        .expect_performances()
        .with(eq(concert_id()), eq(filter), eq(page(PageLimit::MAX, from)))
        .times(1)
        .return_once(move |_, _, _| Ok(Page { items, next }));
}

#[tokio::test]
async fn bookable_dates_are_gathered_from_all_pages() {
    let next_day = date() + TimeDelta::days(1);
    let mut other = available(3, true);
    other.performance.date = next_day;
    let mut sold_out = available(2, false);
    sold_out.performance.date = date() + TimeDelta::days(2);
    let mut programme = programme_with_concert();
    expect_dates(&mut programme, None, vec![available(1, true), sold_out], after(2));
    expect_dates(&mut programme, after(2), vec![other.clone(), other], None);
    let list = ListBookableDates { programme: Arc::new(programme) };
    let dates = BTreeSet::from([date(), next_day]);
    assert_eq!(list.execute(concert_id()).await, Ok(BookableDates { dates, complete: true }));
}

#[tokio::test]
async fn dates_are_not_looked_for_without_end() {
    let mut programme = programme_with_concert();
    programme
        .expect_performances()
        .times(10)
        .returning(|_, _, _| Ok(Page { items: vec![available(1, true)], next: after(1) }));
    let list = ListBookableDates { programme: Arc::new(programme) };
    let dates = BTreeSet::from([date()]);
    assert_eq!(list.execute(concert_id()).await, Ok(BookableDates { dates, complete: false }));
}

#[tokio::test]
async fn dates_are_not_looked_for_when_so_many_seats_were_counted() {
    let mut large = available(1, true);
    large.performance.total_seats = policy::MAX_SEATS_COUNTED;
    let mut programme = programme_with_concert();
    expect_dates(&mut programme, None, vec![large], after(1));
    let list = ListBookableDates { programme: Arc::new(programme) };
    assert!(!list.execute(concert_id()).await.unwrap().complete);
}

#[tokio::test]
async fn performances_without_a_filter_take_one_read() {
    let mut programme = programme_with_concert();
    let items = vec![available(1, true), available(2, false)];
    expect_read(&mut programme, false, page(2, after(9)), items, after(2));
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), None, page(2, after(9))).await.unwrap();
    assert_eq!((numbers(&listed), listed.next), (vec![1, 2], after(2)));
}

#[tokio::test]
async fn a_page_of_bookable_performances_is_filled_over_several_reads() {
    let mut programme = programme_with_concert();
    let reads = [
        (page(2, None), vec![available(1, false), available(2, true)], after(2)),
        (page(PageLimit::MAX, after(2)), vec![available(3, false), available(4, false)], after(4)),
        (page(PageLimit::MAX, after(4)), vec![available(5, true), available(6, true)], after(6)),
    ];
    for (asked, items, next) in reads {
        expect_read(&mut programme, true, asked, items, next);
    }
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(true), page(2, None)).await.unwrap();
    assert_eq!(numbers(&listed), [2, 5]);
    assert_eq!(listed.next, after(5), "the next page starts behind the last one shown");
}

#[tokio::test]
async fn a_full_page_goes_on_behind_the_last_one_looked_at() {
    let mut programme = programme_with_concert();
    expect_read(&mut programme, true, page(1, None), vec![available(1, true)], after(1));
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(true), page(1, None)).await.unwrap();
    assert_eq!((numbers(&listed), listed.next), (vec![1], after(1)));
}

#[tokio::test]
async fn the_last_page_of_bookable_performances_says_so() {
    let mut programme = programme_with_concert();
    let items = vec![available(6, true), available(7, false)];
    expect_read(&mut programme, true, page(2, after(5)), items, after(7));
    expect_read(&mut programme, true, page(PageLimit::MAX, after(7)), vec![available(8, true)], None);
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(true), page(2, after(5))).await.unwrap();
    assert_eq!((numbers(&listed), listed.next), (vec![6, 8], None));
}

#[tokio::test]
async fn a_page_is_not_looked_for_without_end() {
    let mut programme = programme_with_concert();
    programme
        .expect_performances()
        .times(5)
        .returning(|_, _, _| Ok(Page { items: vec![available(1, false)], next: after(1) }));
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(true), page(2, None)).await.unwrap();
    assert_eq!((numbers(&listed), listed.next), (vec![], after(1)), "empty, and not the last");
}

#[tokio::test]
async fn performances_that_cannot_be_booked_are_listed_on_demand() {
    let mut programme = programme_with_concert();
    let items = vec![available(1, true), available(2, false)];
    expect_read(&mut programme, false, page(5, None), items, None);
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(false), page(5, None)).await.unwrap();
    assert_eq!((numbers(&listed), listed.next), (vec![2], None));
}

#[tokio::test]
async fn a_failed_read_is_not_taken_for_the_end() {
    let mut programme = programme_with_concert();
    expect_read(&mut programme, true, page(2, None), vec![available(1, true)], after(1));
    programme.expect_performances().return_once(|_, _, _| Err(unavailable()));
    let list = ListPerformances { programme: Arc::new(programme) };
    let listed = list.execute(concert_id(), Some(date()), Some(true), page(2, None)).await;
    assert_eq!(listed, Err(unavailable().into()));
}
