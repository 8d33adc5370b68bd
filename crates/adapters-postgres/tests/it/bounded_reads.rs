//! Lists cost what they answer, however much there is: counted in rows that the server read.

use seatline_application::Ports;
use seatline_application::programme::{ListBookableDates, ListPerformances};
use seatline_domain::concert::{Concert, PerformanceCursor, PerformanceFilter};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ticket::policy;
use seatline_test_support::{Fixture, Setup};

use crate::fixture::PostgresFixture;
use crate::reads::{Reads, end_backends};

/// A concert, and how many performances it has.
struct Scene {
    fixture: PostgresFixture,
    concert: Concert,
}

impl Scene {
    const PERFORMANCES: u32 = 3_000;

    async fn set() -> Self {
        let fixture = PostgresFixture::new().await;
        let concert = Setup::new(fixture.ports()).sale().add_concert().await;
        Self { fixture, concert }
    }

    /// Adds one performance a day, from so many days after today.
    ///
    /// * `values` – its number of seats, and when its sale opens.
    async fn add_daily(&self, from: i64, count: u32, values: &str) {
        let concert = self.concert.id;
        let sql = format!(
            "INSERT INTO performances (performance_id, concert_id, date, starts_at, total_seats, sales_open_at,
                                       price_from, price_to)
             SELECT gen_random_uuid(), '{concert}', (at AT TIME ZONE 'Asia/Seoul')::date, at, {values}, 0, 0
             FROM (SELECT date_trunc('minute', now()) + n * interval '1 day' AS at
                   FROM generate_series({from}, {from} + {count} - 1) AS n) AS days;
             ANALYZE performances"
        );
        self.fixture.database.execute(&sql).await;
    }

    /// Asks on new connections. Gives the answer, and the tables and indexes of which more rows were read than these.
    async fn asked<T>(self, rows: u64, ask: impl AsyncFn(&Ports, &Concert) -> T) -> (T, Vec<String>) {
        end_backends(&self.fixture).await;
        let fixture = self.fixture.reconnected();
        let before = Reads::of(&fixture.database).await;
        let answer = ask(fixture.ports(), &self.concert).await;
        end_backends(&fixture).await;
        let reads = Reads::of(&fixture.database).await.since(&before);
        (answer, reads.beyond(&Reads::default(), rows))
    }
}

fn one() -> PageRequest<PerformanceCursor> {
    PageRequest { limit: PageLimit::parse(1).unwrap(), after: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn performances_of_the_past_are_not_read_for_what_can_be_booked() {
    let scene = Scene::set().await;
    scene.add_daily(-i64::from(Scene::PERFORMANCES), Scene::PERFORMANCES, "1, NULL").await;
    scene.add_daily(1, 2, "1, NULL").await;
    let ((listed, dates), beyond) = scene
        .asked(50, async |ports, concert| {
            let list = ListPerformances { programme: ports.programme.clone() };
            let dates = ListBookableDates { programme: ports.programme.clone() };
            let listed = list.execute(concert.id, None, Some(true), one()).await.unwrap();
            (listed, dates.execute(concert.id).await.unwrap())
        })
        .await;
    assert_eq!((listed.items.len(), dates.dates.len(), dates.complete), (1, 2, true));
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_looks_at_so_many_performances_and_not_more_even_if_none_can_be_booked() {
    let scene = Scene::set().await;
    scene.add_daily(10, Scene::PERFORMANCES, "1, now() + interval '9 days'").await;
    let ((listed, dates), beyond) = scene
        .asked(4_000, async |ports, concert| {
            let list = ListPerformances { programme: ports.programme.clone() };
            let dates = ListBookableDates { programme: ports.programme.clone() };
            let listed = list.execute(concert.id, None, Some(true), one()).await.unwrap();
            (listed, dates.execute(concert.id).await.unwrap())
        })
        .await;
    assert!(listed.items.is_empty() && listed.next.is_some(), "there is more than was looked at");
    assert!(dates.dates.is_empty() && !dates.complete);
    assert!(beyond.is_empty(), "{beyond:#?}");
}

/// The largest, whatever the limit: what it tells is good for pages of any size.
#[tokio::test(flavor = "multi_thread")]
async fn one_page_reads_one_page() {
    let scene = Scene::set().await;
    scene.add_daily(-i64::from(Scene::PERFORMANCES / 2), Scene::PERFORMANCES, "1, NULL").await;
    let (pages, beyond) = scene
        .asked(250, async |ports, concert| {
            let all = PerformanceFilter::default();
            let first = ports.programme.performances(concert.id, all, one()).await.unwrap();
            let second = PageRequest { after: first.next, ..one() };
            let second = ports.programme.performances(concert.id, all, second).await.unwrap();
            let date = second.items.first().unwrap().performance.date;
            let on_date = ports.programme.performances_on(concert.id, date).await;
            let filter = PerformanceFilter { date: Some(date), upcoming: false };
            let dated = ports.programme.performances(concert.id, filter, PageRequest::first()).await.unwrap();
            let sales = ports.programme.sales(concert.id, one()).await.unwrap();
            [
                on_date.unwrap().len(),
                first.items.len(),
                second.items.len(),
                dated.items.len(),
                sales.items.len(),
            ]
        })
        .await;
    assert_eq!(pages, [1, 1, 1, 1, 1]);
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_seats_are_counted_for_a_page_and_not_more() {
    let scene = Scene::set().await;
    scene.add_daily(1, 12, "100000, NULL").await;
    let (ports, concert) = (scene.fixture.ports(), &scene.concert);
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { after, ..PageRequest::first() };
        let page =
            ports.programme.performances(concert.id, PerformanceFilter::default(), page).await.unwrap();
        pages.push(page.items.len());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, [5, 5, 2]);
    let sales = ports.programme.sales(concert.id, PageRequest::first()).await.unwrap();
    assert_eq!((sales.items.len(), sales.next.is_some()), (5, true));
}

/// Whoever has paid much more often than people do.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_tickets_looks_at_the_newest_payments_only() {
    const PAYMENTS: u32 = 5_000;
    let scene = Scene::set().await;
    scene.add_daily(1, 40, "1000, NULL").await;
    let user = Setup::new(scene.fixture.ports()).user().await;
    let concert = scene.concert.id;
    let bought = format!(
        "INSERT INTO seats (performance_id, number, section, price)
         SELECT performance_id, number, 'General', 0 FROM performances, generate_series(1, 1000) AS number;
         CREATE TEMPORARY TABLE bought AS
         SELECT performance_id, n / 40 + 1 AS number, gen_random_uuid() AS reservation_id, gen_random_uuid() AS payment_id,
                clock_timestamp() - interval '1 hour' + n * interval '1 millisecond' AS paid_at
         FROM generate_series(0, {PAYMENTS} - 1) AS n
         JOIN (SELECT performance_id, row_number() OVER (ORDER BY sequence) AS place FROM performances) AS performance
              ON place = n % 40 + 1;
         INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at,
                                   expires_at, payment_id, ended_at)
         SELECT '{concert}', reservation_id, performance_id, '{user}', 0, 'PAID', paid_at,
                paid_at + interval '5 minutes', payment_id, paid_at FROM bought;
         INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
         SELECT performance_id, reservation_id, number, '{user}', 0, 'SOLD', paid_at + interval '5 minutes' FROM bought;
         INSERT INTO payments (user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)
         SELECT '{user}', payment_id, reservation_id, 0, 0, 'COMPLETED', paid_at, ARRAY[number] FROM bought;
         ANALYZE"
    );
    scene.fixture.database.execute(&bought).await;
    let (pages, beyond) = scene
        .asked(u64::from(policy::PAYMENTS_LISTED_MAX) * 3, async |ports, _| {
            let first = PageRequest { limit: PageLimit::parse(20).unwrap(), after: None };
            let page = ports.tickets.tickets(user, first).await.unwrap();
            let second = PageRequest { after: page.next, ..first };
            [page.items, ports.tickets.tickets(user, second).await.unwrap().items]
        })
        .await;
    assert_eq!(pages.each_ref().map(Vec::len), [20, 20]);
    assert!(pages.concat().is_sorted_by_key(|ticket| ticket.starts_at));
    assert!(beyond.is_empty(), "{beyond:#?}");
}
