use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::operators::{
    AddConcert, AddPerformance, AddedPerformance, ChangeConcert, ChangePerformance, CheckInvariants,
    ConcertRequest, ConfigureQueue, ListAudit, QueueChange, ShowSales,
};
use seatline_application::programme::ProgrammeError;
use seatline_application::queue::QueueError;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::ConfigureError;
use seatline_domain::concert::{
    Concert, ConcertChange, Performance, PerformanceAvailability, PerformanceChange, PerformanceCursor,
    PerformanceError, PerformancePlan, SeatLimit,
};
use seatline_domain::id::{AuditEntryId, ConcertId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::invariant::{Invariant, Violation};
use seatline_domain::page::Page;
use seatline_domain::point::Amount;
use seatline_domain::ports::{
    MockAuditLog, MockInspection, MockOperatorKeys, MockProgramme, MockProgrammeEditor, MockQueueReader,
    MockWaitingRooms,
};
use seatline_domain::queue::{AdmitRate, Capacity, Room, RoomSettings, RoomStatus};
use seatline_domain::seat::SalesOfPerformance;
use seatline_domain::seat::hall::{HallError, SectionPlan, SectionSeats};
use seatline_domain::text::Text;

use crate::samples::{
    concert, concert_id, date, figures, id, ids, in_minutes, page, performance, settings, unavailable,
};

fn operator() -> OperatorId {
    OperatorId::parse("5f0c9a3e").unwrap()
}

fn once() -> IdempotencyKey {
    IdempotencyKey::parse("once").unwrap()
}

fn stamp(n: u128) -> AuditStamp {
    AuditStamp { entry_id: AuditEntryId::new(id(n)), operator: operator() }
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

#[tokio::test]
async fn a_concert_is_added_with_its_room_and_for_audit() {
    let mut editor = MockProgrammeEditor::new();
    let queue = settings(3, None);
    editor.expect_add_concert().times(1).return_once(move |new, audit, key| {
        assert_eq!((new.concert.id, new.queue), (ConcertId::new(id(1_001)), queue));
        assert_eq!((audit, key), (stamp(1_002), Some(once())));
        Ok(Answer::created(new.concert.id))
    });
    editor.expect_add_concert().times(1).return_once(|_, _, _| Ok(Answer::replayed(concert_id(), true)));
    editor.expect_add_concert().return_once(|_, _, _| Err(unavailable().into()));
    let programme = Arc::new(programme_with_concert());
    let add = AddConcert { programme, editor: Arc::new(editor), ids: ids() };
    let (title, venue, timezone) = (concert().title, concert().venue, concert().timezone);
    let max_seats_per_user = concert().max_seats_per_user;
    let request = ConcertRequest { title, venue, timezone, max_seats_per_user, queue };
    let added = add.execute(operator(), request.clone(), Some(once())).await.unwrap();
    let new = Concert { id: ConcertId::new(id(1_001)), ..concert() };
    assert_eq!(added, Answer::created(new));
    let again = add.execute(operator(), request.clone(), Some(once())).await;
    assert_eq!(again, Ok(Answer::replayed(concert(), true)), "the first one");
    assert_eq!(add.execute(operator(), request, None).await, Err(unavailable().into()));
}

fn plan() -> PerformancePlan {
    let section = SectionPlan {
        name: Text::parse("Floor").unwrap(),
        seats: SectionSeats::Range { first_seat: 1, last_seat: 9 },
        price: Amount::whole(100),
    };
    let starts_at = "2026-12-23T16:00:00Z".parse().unwrap();
    PerformancePlan {
        starts_at,
        sales_open_at: None,
        sales_close_at: None,
        refundable_until: None,
        sections: vec![section],
        accessible_seats: vec![],
        allow_past: false,
    }
}

#[tokio::test]
async fn a_performance_is_added_on_the_venues_date() {
    let mut editor = MockProgrammeEditor::new();
    editor.expect_add_performance().times(1).return_once(|new, audit, key| {
        assert_eq!((new.performance.id, new.performance.date), (PerformanceId::new(id(1_001)), date()));
        assert_eq!((new.hall.sections().len(), audit, key), (1, stamp(1_002), Some(once())));
        Ok(Answer::created(new.performance.id))
    });
    editor.expect_add_performance().return_once(|_, _, _| Ok(Answer::replayed(performance(7).id, true)));
    let mut programme = programme_with_concert();
    programme.expect_performance().with(eq(performance(7).id)).return_once(|_| Ok(Some(performance(7))));
    programme.expect_availability().with(eq(vec![performance(7)])).return_once(|performances| {
        let availability =
            |performance| PerformanceAvailability { performance, available_seats: 4, as_of: in_minutes(0) };
        Ok(performances.into_iter().map(availability).collect())
    });
    let programme = Arc::new(programme);
    let add = AddPerformance { programme, editor: Arc::new(editor), ids: ids() };
    let added = add.execute(operator(), concert_id(), plan(), Some(once())).await.unwrap();
    assert!(added.created && !added.replayed);
    assert_eq!((added.value.performance.concert_id, added.value.available_seats), (concert_id(), 9));
    let again = add.execute(operator(), concert_id(), plan(), Some(once())).await;
    let first = AddedPerformance { performance: performance(7), available_seats: 4 };
    assert_eq!(again, Ok(Answer::replayed(first, true)), "as it stands now");
}

#[tokio::test]
async fn a_plan_that_breaks_a_rule_or_has_no_concert_is_not_added() {
    let refused = async |programme, plan| {
        let editor = Arc::new(MockProgrammeEditor::new());
        let add = AddPerformance { programme: Arc::new(programme), editor, ids: ids() };
        add.execute(operator(), concert_id(), plan, None).await.unwrap_err()
    };
    let unknown = refused(programme_without_concert(), plan()).await;
    assert_eq!(unknown, PerformanceError::ConcertNotFound);
    let empty = PerformancePlan { sections: vec![], ..plan() };
    assert_eq!(refused(programme_with_concert(), empty).await, HallError::NoSection.into());
}

fn availability(n: u128) -> PerformanceAvailability {
    PerformanceAvailability { performance: performance(n), available_seats: 4, as_of: in_minutes(0) }
}

#[tokio::test]
async fn a_concert_is_changed() {
    let limit = Some(SeatLimit::parse(9).unwrap());
    let change = ConcertChange { max_seats_per_user: limit, ..ConcertChange::default() };
    let mut editor = MockProgrammeEditor::new();
    let expected = change.clone();
    editor.expect_change_concert().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.stamp), (concert_id(), stamp(1_001)));
        assert_eq!((command.change, command.key), (expected, Some(once())));
        Ok(Answer::existing(concert()))
    });
    let changing = ChangeConcert { editor: Arc::new(editor), ids: ids() };
    let changed = changing.execute(operator(), concert_id(), change, Some(once())).await;
    assert_eq!(changed, Ok(Answer::existing(concert())));
}

#[tokio::test]
async fn a_performance_is_changed_by_the_rules_of_its_concert_and_shown_with_its_free_seats() {
    let change = PerformanceChange { starts_at: Some(in_minutes(90)), ..PerformanceChange::default() };
    let moved = Performance { starts_at: in_minutes(90), ..performance(7) };
    let (mut programme, mut editor) = (MockProgramme::new(), MockProgrammeEditor::new());
    programme.expect_listed().with(eq(performance(7).id)).return_once(|_| Ok(Some(availability(7))));
    programme.expect_listed().return_once(|_| Ok(None));
    let returned = moved.clone();
    editor.expect_change_performance().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.performance_id), (concert_id(), performance(7).id));
        assert_eq!((command.change, command.stamp, command.key), (change, stamp(1_001), None));
        Ok(Answer::existing(returned))
    });
    let (programme, editor) = (Arc::new(programme), Arc::new(editor));
    let changing = ChangePerformance { programme, editor, ids: ids() };
    let changed = changing.execute(operator(), performance(7).id, change, None).await;
    let expected = PerformanceAvailability { performance: moved, ..availability(7) };
    assert_eq!(changed, Ok(Answer::existing(expected)));
    let unknown = changing.execute(operator(), performance(8).id, change, None).await;
    assert_eq!(unknown, Err(PerformanceError::NotFound));
}

#[tokio::test]
async fn a_room_is_changed_and_its_figures_come_back() {
    let change = QueueChange {
        capacity: Some(Capacity::parse(9).unwrap()),
        admit_per_minute: Some(Some(AdmitRate::parse(60).unwrap())),
        status: Some(RoomStatus::Paused),
    };
    let (mut rooms, mut reader) = (MockWaitingRooms::new(), MockQueueReader::new());
    rooms.expect_configure().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.stamp), (concert_id(), stamp(1_001)));
        assert_eq!(command.key, Some(once()));
        assert_eq!((command.capacity, command.status), (change.capacity, change.status));
        assert_eq!(command.admit_per_minute, change.admit_per_minute);
        Ok(Answer::existing(Room::open(concert_id(), RoomSettings::default())))
    });
    reader.expect_figures().with(eq(concert_id())).return_once(|id| Ok(Some(figures(id, 1, 2))));
    let configure = ConfigureQueue { rooms: Arc::new(rooms), reader: Arc::new(reader), ids: ids() };
    let configured = configure.execute(operator(), concert_id(), change, None, Some(once())).await;
    assert_eq!(configured, Ok(Answer::existing(figures(concert_id(), 1, 2))));
}

#[tokio::test]
async fn the_room_of_an_unknown_concert_is_not_changed() {
    let mut rooms = MockWaitingRooms::new();
    rooms.expect_configure().return_once(|_| Err(ConfigureError::ConcertNotFound));
    let reader = Arc::new(MockQueueReader::new());
    let configure = ConfigureQueue { rooms: Arc::new(rooms), reader, ids: ids() };
    let refused = configure.execute(operator(), concert_id(), QueueChange::default(), None, None).await;
    assert_eq!(refused, Err(ConfigureError::ConcertNotFound));
}

#[tokio::test]
async fn sales_are_shown_with_the_queue() {
    let sold = SalesOfPerformance {
        performance_id: performance(1).id,
        starts_at: in_minutes(60),
        available: 1,
        held: 2,
        sold: 3,
        blocked: 4,
        revenue: Amount::whole(300),
        refunded: Amount::whole(100),
        cancelled: false,
        checked_in: 2,
    };
    let (mut programme, mut reader) = (MockProgramme::new(), MockQueueReader::new());
    let asked = page(2, Some(PerformanceCursor::of(&performance(9))));
    let of_concert = Page { items: vec![sold], next: Some(PerformanceCursor::of(&performance(1))) };
    let returned = of_concert.clone();
    programme.expect_sales().with(eq(concert_id()), eq(asked)).return_once(|_, _| Ok(returned));
    reader.expect_figures().times(1).return_once(|id| Ok(Some(figures(id, 1, 2))));
    reader.expect_figures().times(1).return_once(|_| Ok(None));
    let show = ShowSales { programme: Arc::new(programme), reader: Arc::new(reader) };
    let sales = show.execute(concert_id(), asked).await.unwrap();
    assert_eq!((sales.queue, sales.performances), (figures(concert_id(), 1, 2), of_concert));
    assert_eq!(show.execute(concert_id(), asked).await, Err(QueueError::ConcertNotFound));
}

#[tokio::test]
async fn the_record_of_an_unknown_concert_is_not_read() {
    let (programme, audit) = (Arc::new(programme_without_concert()), Arc::new(MockAuditLog::new()));
    let list = ListAudit { programme, audit, keys: Arc::new(MockOperatorKeys::new()) };
    let refused = list.execute(concert_id(), page(3, None)).await;
    assert_eq!(refused, Err(ProgrammeError::ConcertNotFound));
}

#[tokio::test]
async fn the_record_is_listed_by_the_page_asked_for() {
    let mut audit = MockAuditLog::new();
    audit
        .expect_entries()
        .with(eq(concert_id()), eq(page(3, Some(9))))
        .return_once(|_, _| Ok(Page { items: vec![], next: Some(4) }));
    let mut keys = MockOperatorKeys::new();
    keys.expect_of_operators().return_once(|_| Ok(Vec::new()));
    let list = ListAudit {
        programme: Arc::new(programme_with_concert()),
        audit: Arc::new(audit),
        keys: Arc::new(keys),
    };
    assert_eq!(list.execute(concert_id(), page(3, Some(9))).await.unwrap().next, Some(4));
}

#[tokio::test]
async fn violations_are_reported_as_found() {
    let found = vec![Violation { invariant: Invariant::I2, subject: "a wallet".into() }];
    let (mut inspection, returned) = (MockInspection::new(), found.clone());
    inspection.expect_violations().return_once(|| Ok(returned));
    let check = CheckInvariants { inspection: Arc::new(inspection) };
    assert_eq!(check.execute().await, Ok(found));
}
