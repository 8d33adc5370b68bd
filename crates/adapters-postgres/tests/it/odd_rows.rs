//! Rows that hold what Seatline never writes there: nobody but those who ask for them takes notice.

use std::collections::BTreeMap;

use seatline_domain::concert::PerformanceFilter;
use seatline_domain::event::{EventKinds, EventPosition};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_test_support::{Fixture, Setup};

use crate::fixture::PostgresFixture;

#[tokio::test(flavor = "multi_thread")]
async fn a_concert_that_cannot_be_read_is_left_out_of_the_list() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (odd, sound) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    let gone = format!("UPDATE concerts SET timezone = 'Mars/Olympus' WHERE concert_id = '{}'", odd.id);
    fixture.database.execute(&gone).await;
    let fixture = fixture.reconnected();
    let programme = &fixture.ports().programme;
    let all = programme.concerts(PageRequest::first()).await.unwrap();
    assert_eq!((all.items, all.next), (vec![sound.clone()], None));
    // A page of which nothing can be read is not the last.
    let limit = PageLimit::parse(1).unwrap();
    let first = programme.concerts(PageRequest { limit, after: None }).await.unwrap();
    assert_eq!((first.items, first.next), (vec![], Some(odd.id)));
    let second = programme.concerts(PageRequest { limit, after: first.next }).await.unwrap();
    assert_eq!(second.items, [sound]);
    assert!(programme.concert(odd.id).await.is_err(), "whoever asks for it is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_cannot_be_read_stops_no_other() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (odd, _) = setup.sale().open().await;
    let (sound, _) = setup.sale().open().await;
    for concert in [&odd, &sound] {
        setup.join(concert, setup.user().await).await;
    }
    let beyond =
        format!("UPDATE waiting_rooms SET pass_ttl_ms = 999999999999 WHERE concert_id = '{}'", odd.id);
    fixture.database.execute(&beyond).await;
    let reader = &fixture.ports().queue;
    let news = reader.news(BTreeMap::new()).await.unwrap();
    assert_eq!(news.rooms.iter().map(|room| room.figures.concert_id).collect::<Vec<_>>(), [sound.id]);
    let (sound_figures, odd_figures) = tokio::join!(reader.figures(sound.id), reader.figures(odd.id));
    assert_eq!(sound_figures.unwrap().map(|figures| figures.active), Some(1));
    assert_eq!(odd_figures, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_performance_that_cannot_be_read_is_left_out_of_the_list() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (concert, odd) = setup.sale().open().await;
    let sound = setup.sale().add_performance(&concert).await;
    let beyond = format!(
        "ALTER TABLE performances DROP CONSTRAINT IF EXISTS performances_total_seats_check;
         UPDATE performances SET total_seats = -1 WHERE performance_id = '{}'",
        odd.id
    );
    fixture.database.execute(&beyond).await;
    let programme = &fixture.ports().programme;
    let filter = PerformanceFilter::default();
    let listed = programme.performances(concert.id, filter, PageRequest::first()).await.unwrap();
    let ids: Vec<_> = listed.items.iter().map(|one| one.performance.id).collect();
    assert_eq!(ids, [sound.id]);
    let sales = programme.sales(concert.id, PageRequest::first()).await.unwrap();
    assert_eq!(sales.items.iter().map(|one| one.performance_id).collect::<Vec<_>>(), [sound.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_keeps_no_other_from_being_told() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    setup.webhook(EventKinds::ALL).await;
    for _ in 0..2 {
        setup.user_with(7).await;
    }
    let ports = fixture.ports();
    while ports.feed.publish(100).await.unwrap() > 0 {}
    fixture.database.execute("UPDATE events SET kind = 'points.minted' WHERE position = 1").await;
    let read = ports.feed.after(EventPosition::START, PageLimit::largest()).await.unwrap();
    assert_eq!(read.iter().map(|event| event.position.get()).collect::<Vec<_>>(), [2]);
    let lease = ports.deliveries.lease(setup.id(), 10).await.unwrap().pop().unwrap();
    let due = ports.deliveries.due(&lease, &[], 10).await.unwrap().unwrap();
    assert_eq!(due.iter().map(|due| due.event.position.get()).collect::<Vec<_>>(), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_cannot_be_read_keeps_no_other_from_being_told() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let (odd, sound) = (setup.webhook(EventKinds::ALL).await, setup.webhook(EventKinds::ALL).await);
    setup.user_with(7).await;
    let ports = fixture.ports();
    while ports.feed.publish(100).await.unwrap() > 0 {}
    let gone = format!("UPDATE webhooks SET url = 'nowhere' WHERE webhook_id = '{}'", odd.id);
    fixture.database.execute(&gone).await;
    let leases = ports.deliveries.lease(setup.id(), 10).await.unwrap();
    assert_eq!(leases.iter().map(|lease| lease.webhook_id).collect::<Vec<_>>(), [sound.id]);
}
