//! The record of operators' changes.

use seatline_domain::audit::{AuditAction, AuditEntry, Fact};
use seatline_domain::commands::{ConfigureError, ConfigureQueueCommand};
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::queue::{AdmitRate, Capacity, RoomStatus};
use seatline_domain::text::Text;

use super::{Fixture, setup};
use crate::Setup;

/// A change of nothing.
fn unchanged(setup: Setup<'_>, concert_id: ConcertId) -> ConfigureQueueCommand {
    ConfigureQueueCommand {
        concert_id,
        capacity: None,
        admit_per_minute: None,
        status: None,
        reason: None,
        stamp: setup.stamp(),
        key: None,
    }
}

async fn record(setup: Setup<'_>, concert: &Concert) -> Vec<AuditEntry> {
    setup.ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items
}

pub(super) async fn additions_to_the_programme_are_recorded(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let new = setup.sale().new_concert();
    let (concert, stamp) = (new.concert.clone(), setup.stamp());
    fixture.ports().editor.add_concert(new, stamp, None).await.unwrap();
    setup.sale().add_performance(&concert).await;
    let record = record(setup, &concert).await;
    let actions: Vec<_> = record.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [AuditAction::PerformanceAdded, AuditAction::ConcertAdded]);
    assert!(record.iter().all(|entry| entry.before.is_none() && !entry.after.is_empty()));
    assert!(record.iter().all(|entry| entry.concert_id == concert.id));
    assert_eq!(record.last().unwrap().stamp, stamp);
}

pub(super) async fn a_change_of_the_room_is_recorded_with_before_and_after(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(5).add_concert().await;
    let change = ConfigureQueueCommand {
        capacity: Some(Capacity::parse(9).unwrap()),
        admit_per_minute: Some(Some(AdmitRate::parse(60).unwrap())),
        status: Some(RoomStatus::Paused),
        reason: Some(Text::parse("the hall is evacuated").unwrap()),
        ..unchanged(setup, concert.id)
    };
    let before_it = setup.now().await;
    fixture.ports().rooms.configure(change.clone()).await.unwrap();
    let entry = record(setup, &concert).await.remove(0);
    assert_eq!((entry.stamp, entry.action), (change.stamp, AuditAction::QueueChanged));
    assert!((before_it..=setup.now().await).contains(&entry.at));
    let before = entry.before.unwrap();
    let reason = Some(&Fact::Text("the hall is evacuated".to_owned()));
    assert_eq!((before.get("reason"), entry.after.get("reason")), (None, reason));
    let recorded = |name| (before.get(name).cloned().unwrap(), entry.after.get(name).cloned().unwrap());
    assert_eq!(recorded("capacity"), (Fact::Number(5), Fact::Number(9)));
    assert_eq!(recorded("admitPerMinute"), (Fact::None, Fact::Number(60)));
    assert_eq!(recorded("state"), (Fact::Text("OPEN".into()), Fact::Text("PAUSED".into())));
}

pub(super) async fn only_what_is_named_is_changed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(5).admit_per_minute(60).add_concert().await;
    let rooms = &fixture.ports().rooms;
    let same = rooms.configure(unchanged(setup, concert.id)).await.unwrap().value;
    assert_eq!(same.settings.capacity.get(), 5);
    assert_eq!(same.settings.admit_per_minute.map(AdmitRate::per_minute), Some(60));
    assert_eq!(same.status, RoomStatus::Open);
    let unlimited = ConfigureQueueCommand { admit_per_minute: Some(None), ..unchanged(setup, concert.id) };
    let changed = rooms.configure(unlimited).await.unwrap().value;
    assert_eq!(changed.settings.capacity.get(), 5);
    assert_eq!(changed.settings.admit_per_minute, None);
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.settings, figures.status), (changed.settings, changed.status));
}

pub(super) async fn the_room_of_an_unknown_concert_is_not_changed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let nowhere = setup.sale().new_concert().concert;
    let refused = fixture.ports().rooms.configure(unchanged(setup, nowhere.id)).await;
    assert_eq!(refused, Err(ConfigureError::ConcertNotFound));
    assert!(record(setup, &nowhere).await.is_empty());
}

pub(super) async fn the_record_is_paged_newest_first(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, other) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    let mut expected = Vec::new();
    for _ in 0..4 {
        let change = unchanged(setup, concert.id);
        expected.insert(0, change.stamp);
        fixture.ports().rooms.configure(change).await.unwrap();
        fixture.ports().rooms.configure(unchanged(setup, other.id)).await.unwrap();
    }
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = fixture.ports().audit.entries(concert.id, PageRequest { limit, after }).await.unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items.into_iter().map(|entry| entry.stamp));
        after = page.next;
    }
    assert_eq!(after, None);
    assert_eq!(read.get(..4), Some(expected.as_slice()));
}
