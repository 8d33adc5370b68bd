use std::collections::HashMap;

use seatline_domain::concert::Performance;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::page::PageRequest;
use seatline_domain::payment::{OwnedSeats, Payment};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::queue::{Number, Pass, RoomFigures};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::{SeatNumber, SeatState};

use crate::Setup;

/// Everything that the ports show of some users, one performance and its concert's waiting room: two snapshots are equal
/// when nothing happened in between.
#[derive(Debug, PartialEq)]
pub(super) struct Snapshot {
    users: Vec<SnapshotOfUser>,
    taken: HashMap<SeatNumber, SeatState>,
    figures: Option<RoomFigures>,
    passes: Vec<Pass>,
}

#[derive(Debug, PartialEq)]
struct SnapshotOfUser {
    balance: Amount,
    entries: Vec<LedgerEntry>,
    reservations: Vec<Reservation>,
    payments: Vec<Payment>,
    owned: OwnedSeats,
}

impl Snapshot {
    pub(super) async fn take(setup: Setup<'_>, performance: &Performance, users: &[UserId]) -> Self {
        let mut pictures = Vec::with_capacity(users.len());
        for user in users {
            pictures.push(SnapshotOfUser::take(setup, *user).await);
        }
        Self {
            users: pictures,
            taken: setup.ports.inventory.seat_map(performance.id).await.unwrap().taken.clone(),
            figures: setup.ports.queue.figures(performance.concert_id).await.unwrap(),
            passes: passes(setup, performance.concert_id).await,
        }
    }
}

impl SnapshotOfUser {
    async fn take(setup: Setup<'_>, user: UserId) -> Self {
        let ports = setup.ports;
        Self {
            balance: ports.wallets.balance(user).await.unwrap(),
            entries: ports.wallets.entries(user, PageRequest::first()).await.unwrap().items,
            reservations: ports.reservations.reservations(user, PageRequest::first()).await.unwrap().items,
            payments: ports.payments.payments(user, PageRequest::first()).await.unwrap().items,
            owned: ports.payments.owned_seats(user, 100).await.unwrap(),
        }
    }
}

async fn passes(setup: Setup<'_>, concert_id: ConcertId) -> Vec<Pass> {
    let mut passes = Vec::new();
    for number in 1.. {
        match setup.ports.queue.pass(concert_id, Number::new(number)).await.unwrap() {
            Some(read) => passes.push(read.pass),
            None => break,
        }
    }
    passes
}
