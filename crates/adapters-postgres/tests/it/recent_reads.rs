//! Lists that anybody may ask for cost the same however many ask: counted in rows that the server read.

use std::time::Instant;

use futures::future::join_all;
use seatline_application::programme::{ListBookableDates, ListPerformances};
use seatline_domain::concert::PerformanceCursor;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_test_support::{Fixture, Setup};

use crate::fixture::PostgresFixture;
use crate::reads::{Reads, end_backends};

const PERFORMANCES: u64 = 10;
const SEATS: u64 = 500;

/// Sells every seat of every performance that there is.
const SELL_ALL: &str = "
    INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
    SELECT performance_id, gen_random_uuid(), number, gen_random_uuid(), 0, 'SOLD', now() FROM seats";

/// However the pages are cut that they ask for, and whatever is held elsewhere meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_looks_at_a_tour_has_its_seats_counted_once_a_second() {
    const ROUNDS: u16 = 60;
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let tour = setup.sale().add_concert().await;
    for day in 1..=PERFORMANCES {
        let day = chrono::TimeDelta::days(day.try_into().unwrap());
        setup.sale().starts_in(day).seats(SEATS.try_into().unwrap()).add_performance(&tour).await;
    }
    fixture.database.execute(SELL_ALL).await;
    fixture.database.execute("VACUUM ANALYZE reservation_seats").await;
    end_backends(&fixture).await;
    let before = Reads::of(&fixture.database).await;
    let fixture = fixture.reconnected();
    let (ports, setup) = (fixture.ports(), Setup::new(fixture.ports()));
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let list = ListPerformances { programme: ports.programme.clone() };
    let dates = ListBookableDates { programme: ports.programme.clone() };
    let begin = Instant::now();
    for round in 1..=ROUNDS {
        let looks = (0..8_u16).map(async |looker| {
            let limit = PageLimit::parse((round * 7 + looker) % 100 + 1).unwrap();
            let first = list.execute(tour.id, None, None, PageRequest { limit, after: None }).await.unwrap();
            let after = first.items.first().map(|one| PerformanceCursor::of(&one.performance));
            let bookable = Some(looker % 2 == 0);
            list.execute(tour.id, None, bookable, PageRequest { limit, after }).await.unwrap();
            assert!(dates.execute(tour.id).await.unwrap().dates.is_empty());
        });
        let booking = async {
            let held = ada.hold(&performance, &[1]).await;
            ada.try_cancel(&held).await.unwrap();
        };
        tokio::join!(join_all(looks), booking);
    }
    let counts = begin.elapsed().as_secs() + 2;
    end_backends(&fixture).await;
    let reads = Reads::of(&fixture.database).await.since(&before);
    let counted = counts * PERFORMANCES * SEATS + u64::from(ROUNDS) * 100;
    assert!(counted < u64::from(ROUNDS) * PERFORMANCES * SEATS, "too slow to tell");
    let beyond = reads.beyond(&Reads::default(), counted);
    assert!(beyond.is_empty(), "{beyond:#?}");
}
