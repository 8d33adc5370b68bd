//! Layouts, prices of sections, and seats that are kept back.

use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::operators::{ChangeSeats, ChangeSection};
use seatline_application::programme::{Layout, ProgrammeError, ShowLayout};
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::ChangeSeatsError;
use seatline_domain::concert::{PerformanceAvailability, PerformanceError};
use seatline_domain::id::{AuditEntryId, PerformanceId};
use seatline_domain::idempotency::Answer;
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockProgramme, MockProgrammeEditor, MockSeatInventory};
use seatline_domain::seat::hall::{Hall, SectionPlan, SectionSeats};
use seatline_domain::seat::{SalesOfPerformance, SeatsChange};
use seatline_domain::text::Text;

use crate::samples::{concert_id, id, ids, in_minutes, performance, unavailable};

fn operator() -> OperatorId {
    OperatorId::parse("5f0c9a3e").unwrap()
}

fn stamp() -> AuditStamp {
    AuditStamp { entry_id: AuditEntryId::new(id(1_001)), operator: operator() }
}

fn hall() -> Arc<Hall> {
    let floor = SectionPlan {
        name: Text::parse("Floor").unwrap(),
        seats: SectionSeats::Range { first_seat: 1, last_seat: 9 },
        price: Amount::whole(100),
    };
    Arc::new(Hall::plan(vec![floor], &[]).unwrap())
}

fn sales() -> SalesOfPerformance {
    SalesOfPerformance {
        performance_id: performance(7).id,
        starts_at: performance(7).starts_at,
        available: 5,
        held: 1,
        sold: 2,
        blocked: 1,
        revenue: Amount::ZERO,
        refunded: Amount::ZERO,
        cancelled: false,
        checked_in: 0,
    }
}

#[tokio::test]
async fn a_layout_is_a_hall_with_the_prices_of_its_performance() {
    let mut programme = MockProgramme::new();
    programme.expect_performance().with(eq(performance(7).id)).returning(|_| Ok(Some(performance(7))));
    programme.expect_performance().returning(|_| Ok(None));
    programme.expect_hall().with(eq(performance(7).id)).return_once(|_| Ok(Some(hall())));
    let show = ShowLayout { programme: Arc::new(programme) };
    let expected = Layout { performance: performance(7), hall: hall() };
    assert_eq!(show.execute(performance(7).id).await, Ok(expected));
    let unknown = show.execute(PerformanceId::new(id(8))).await;
    assert_eq!(unknown, Err(ProgrammeError::PerformanceNotFound));
}

#[tokio::test]
async fn the_price_of_a_section_is_changed_in_its_hall() {
    let (mut programme, mut editor) = (MockProgramme::new(), MockProgrammeEditor::new());
    let shown =
        || PerformanceAvailability { performance: performance(7), available_seats: 4, as_of: in_minutes(0) };
    programme.expect_listed().with(eq(performance(7).id)).returning(move |_| Ok(Some(shown())));
    programme.expect_listed().returning(|_| Ok(None));
    programme.expect_hall().returning(|_| Ok(Some(hall())));
    let (name, price) = (Text::parse("Floor").unwrap(), Amount::whole(70));
    let section = name.clone();
    let changed = performance(7).with_price(&hall(), &name, price).unwrap();
    let returned = changed.clone();
    editor.expect_change_section().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.performance_id), (concert_id(), performance(7).id));
        assert_eq!((command.hall, command.section, command.price), (hall(), section, price));
        assert_eq!((command.stamp, command.key), (stamp(), None));
        Ok(Answer::existing(returned))
    });
    let (programme, editor) = (Arc::new(programme), Arc::new(editor));
    let changing = ChangeSection { programme, editor, ids: ids() };
    let answer = changing.execute(operator(), performance(7).id, (name.clone(), price), None).await;
    assert_eq!(answer, Ok(Answer::existing(PerformanceAvailability { performance: changed, ..shown() })));
    let unknown = changing.execute(operator(), performance(8).id, (name, price), None).await;
    assert_eq!(unknown, Err(PerformanceError::NotFound));
}

#[tokio::test]
async fn seats_are_blocked_and_counted_afterwards() {
    let change = SeatsChange::parse(&[(1, 3)], &[(5, 5)]).unwrap();
    let (mut programme, mut inventory) = (MockProgramme::new(), MockSeatInventory::new());
    programme.expect_performance().with(eq(performance(7).id)).returning(|_| Ok(Some(performance(7))));
    programme.expect_performance().returning(|_| Ok(None));
    programme.expect_sales_of().with(eq(performance(7).id)).return_once(|_| Ok(Some(sales())));
    let asked = change.clone();
    inventory.expect_change_seats().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.performance_id), (concert_id(), performance(7).id));
        assert_eq!((command.change, command.stamp, command.key), (asked, stamp(), None));
        Ok(Answer::existing(performance(7).id))
    });
    inventory.expect_change_seats().return_once(|_| Err(unavailable().into()));
    let (programme, inventory) = (Arc::new(programme), Arc::new(inventory));
    let changing = ChangeSeats { programme, inventory, ids: ids() };
    let changed = changing.execute(operator(), performance(7).id, change.clone(), None).await;
    assert_eq!(changed, Ok(Answer::existing(sales())));
    let failed = changing.execute(operator(), performance(7).id, change.clone(), None).await;
    assert_eq!(failed, Err(unavailable().into()));
    let unknown = changing.execute(operator(), performance(8).id, change, None).await;
    assert_eq!(unknown, Err(ChangeSeatsError::NotFound));
}
