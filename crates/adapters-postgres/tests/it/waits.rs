//! A batch decides on what somebody else's transaction changed while it waited for the rows: each kind of
//! row is locked before anything is read, and the time is asked for after that.

use seatline_domain::commands::{HoldError, PayError, TurnError};
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::idempotency::KeyReused;
use seatline_domain::point::Amount;
use seatline_domain::queue::{PassEnd, PassRefusal, PassState};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatRefusal;
use seatline_test_support::{Fixture, Setup, TestUser, key};

use crate::fixture::PostgresFixture;
use crate::locks::Blocker;

/// Ada, whose turn it is, at a concert with one performance.
struct Scene<'f> {
    fixture: &'f PostgresFixture,
    concert: Concert,
    performance: Performance,
    ada: TestUser<'f>,
}

impl<'f> Scene<'f> {
    async fn set(fixture: &'f PostgresFixture) -> Self {
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().open().await;
        let ada = setup.user_in_turn(&concert).await;
        Self { fixture, concert, performance, ada }
    }

    /// Makes a call that waits for rows, which somebody locks, changes and releases. Gives its outcome.
    async fn meanwhile<T>(&self, lock: &str, changes: &str, call: impl Future<Output = T>) -> T {
        let database = &self.fixture.database;
        let blocker = Blocker::begin(database, lock).await;
        blocker.stop(call, async || (), changes).await.1
    }

    async fn held(&self) -> Reservation {
        self.ada.hold(&self.performance, &[1]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_was_paused() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let lock = "SELECT FROM waiting_rooms FOR UPDATE";
    let pause = "UPDATE waiting_rooms SET state = 'PAUSED'";
    let bob = scene.meanwhile(lock, pause, Setup::new(fixture.ports()).user_in_line(&scene.concert, 0)).await;
    assert_eq!(bob.pass.state, PassState::Waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_ended() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let end = "UPDATE passes SET state = 'LEFT', ended_at = clock_timestamp(), show_up_by = NULL";
    let seats = [1];
    let held = scene.ada.try_hold(&scene.performance, &seats);
    let refused = scene.meanwhile("SELECT FROM passes FOR UPDATE", end, held).await;
    assert_eq!(refused, Err(PassRefusal::Ended(PassEnd::Left).into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_that_was_cancelled() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let held = scene.held().await;
    let cancel = "UPDATE reservation_seats SET state = 'RELEASED';
                   UPDATE reservations SET state = 'CANCELLED', ended_at = clock_timestamp()";
    let refused =
        scene.meanwhile("SELECT FROM reservations FOR UPDATE", cancel, scene.ada.try_pay(&held)).await;
    assert_eq!(refused, Err(TurnError::Failed(PayError::NotPayable)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_was_taken() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let bob = Setup::new(fixture.ports()).user_in_turn(&scene.concert).await;
    let (performance, concert, user) = (scene.performance.id, scene.concert.id, bob.id);
    let take = format!(
        "INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at)
         SELECT '{concert}', '{user}', '{performance}', '{user}', 100, 'HELD', now, now + interval '5 minutes'
         FROM clock_timestamp() AS now;
         INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
         SELECT performance_id, reservation_id, 1, user_id, amount, state, expires_at FROM reservations"
    );
    let seats = [1];
    let held = scene.ada.try_hold(&scene.performance, &seats);
    let refused = scene.meanwhile("SELECT FROM seats WHERE number = 1 FOR UPDATE", &take, held).await;
    assert!(
        matches!(refused, Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Held, _)))),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn points_that_were_spent() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let held = scene.held().await;
    let spend = "UPDATE wallets SET balance = 99";
    let refused = scene.meanwhile("SELECT FROM wallets FOR UPDATE", spend, scene.ada.try_pay(&held)).await;
    assert!(matches!(refused, Err(TurnError::Failed(PayError::InsufficientPoints(_)))), "{refused:?}");
}

/// The deadline lies before the locks are had, and after the batch began.
#[tokio::test(flavor = "multi_thread")]
async fn time_that_went_by() {
    let fixture = PostgresFixture::new().await;
    let scene = Scene::set(&fixture).await;
    let held = scene.held().await;
    let end = "UPDATE reservation_seats SET held_until = clock_timestamp();
               UPDATE reservations SET expires_at = held_until
               FROM reservation_seats AS seat WHERE seat.reservation_id = reservations.reservation_id";
    let refused = scene.meanwhile("SELECT FROM reservations FOR UPDATE", end, scene.ada.try_pay(&held)).await;
    assert!(matches!(refused, Err(TurnError::Failed(PayError::HoldExpired { .. }))), "{refused:?}");
}

/// Keys are not locked, and another operation with the same key locks other rows. The first to record it has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_used() {
    const USED: &str = "INSERT INTO idempotency_keys
        SELECT user_id, 'mine', 'charge 5', 'CHARGE', entry_id, false, clock_timestamp() FROM ledger_entries";
    const USED_ANEW: &str =
        "UPDATE idempotency_keys SET fingerprint = 'charge 5', recorded_at = clock_timestamp()";
    for use_it in [USED, USED_ANEW] {
        let fixture = PostgresFixture::new().await;
        let scene = Scene::set(&fixture).await;
        if use_it == USED_ANEW {
            let expire =
                "UPDATE idempotency_keys SET key = 'mine', recorded_at = recorded_at - interval '25 hours'";
            fixture.database.execute(expire).await;
        }
        let charge = Setup::new(fixture.ports()).charge_command(scene.ada.id, Amount::whole(7), key("mine"));
        let refused = scene.meanwhile(use_it, "", fixture.ports().wallets.charge(charge)).await;
        assert_eq!(refused, Err(KeyReused.into()));
        assert_eq!(scene.ada.balance().await, Amount::whole(1_000));
    }
}
