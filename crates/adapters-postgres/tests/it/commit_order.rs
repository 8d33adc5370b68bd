//! Additions are listed in the order of their commits, so that whoever pages on misses none.

use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ports::ProgrammeEditor;
use seatline_test_support::{Fixture, Setup};

use crate::fixture::{PostgresFixture, connect};
use crate::locks::Blocker;

#[tokio::test(flavor = "multi_thread")]
async fn a_concert_that_is_committed_late_comes_last() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let late = setup.sale().title("Late").new_concert();
    let other = connect(fixture.database.url());
    let add = async || {
        other.add_concert(late.clone(), setup.stamp(), None).await.unwrap();
    };
    // Somebody else is between its first statement and its commit.
    let blocker = Blocker::begin(
        &fixture.database,
        "LOCK TABLE concerts IN SHARE ROW EXCLUSIVE MODE;
         INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user)
         VALUES ('ffffffff-0000-7000-8000-000000000000', 'First', 'Hall', 'Asia/Seoul', 1)",
    )
    .await;
    let limit = PageLimit::parse(1).unwrap();
    let read = async || {
        let page = setup.ports.programme.concerts(PageRequest { limit, after: None }).await.unwrap();
        page.items.len()
    };
    let (meanwhile, ()) = blocker.stop(add(), read, "").await;
    assert_eq!(meanwhile, 0, "neither is there: the second waits for the first");
    fixture.postgres.forget_recent();
    let listed = setup.ports.programme.concerts(PageRequest::first()).await.unwrap();
    let titles: Vec<_> = listed.items.iter().map(|concert| concert.title.as_str()).collect();
    assert_eq!(titles, ["First", "Late"]);
}
