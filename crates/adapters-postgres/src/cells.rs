//! Cells: where the waiting rooms, passes, seats and reservations of concerts are.
//!
//! Cell 0 is there from the beginning. Every other one has tables of its own in a schema of its own, and lanes and
//! connections of its own here. Everything else (accounts, points, payments, keys, the programme) is where it is, and seen
//! from every cell, so that one transaction is enough for a payment. What is read of all cells at once is read through
//! views (ADR-0036).

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use deadpool::Status;
use moka::sync::Cache;
use seatline_domain::concert::Performance;
use seatline_domain::id::{ConcertId, ReservationId, UserId};
use seatline_domain::storage::StorageError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::changes::Changes;
use crate::lane::{BatchRunner, Job, Lane, Lanes, Reader, RoomLanes};
use crate::metrics::LaneMetrics;
use crate::pool::{Pool, Share, Shares};
use crate::reads::{CellsByConcert, FreeSeatsByPerformance, PassesByNumber, PerformanceOfSeats};
use crate::tables::LockWait;
use crate::tables::concerts::FindCellOfReservation;
use crate::tables::seat_counts::FreeSeats;
use crate::wanted_events::WantedEvents;

/// What serves the concerts of one cell.
pub(crate) struct Cell {
    pub(crate) room_lanes: RoomLanes,
    pub(crate) seat_lanes: Lanes<Box<dyn Job>>,
    pub(crate) wallet_lanes: Lanes<Box<dyn Job>>,
    pub(crate) passes_by_number: Reader<PassesByNumber>,
    pub(crate) free_seats: Reader<FreeSeatsByPerformance>,
    rooms: Pool,
    booking: Pool,
}

/// What the lanes of all cells have in common.
pub(crate) struct CellParts {
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
    pub(crate) changes: Arc<Changes>,
    pub(crate) wanted: Arc<WantedEvents>,
    pub(crate) shares: Arc<Shares>,
}

impl Cell {
    /// The number of lanes for seats, and of those for wallets: as many as this machine has cores, within these bounds.
    /// One batch runs while another is committed; more lanes make smaller batches, which cost more.
    const LANES: RangeInclusive<usize> = 2..=8;

    fn start(parts: &CellParts, rooms: Pool, booking: Pool) -> Self {
        let CellParts { tasks, closing, changes, wanted, .. } = parts;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let by_cores = cores.clamp(*Self::LANES.start(), *Self::LANES.end());
        let runner = |pool: &Pool, metrics: &LaneMetrics| {
            BatchRunner::new(pool.clone(), changes.clone(), wanted.clone(), metrics.clone())
        };
        let lanes = |name| {
            let metrics = LaneMetrics::of(name);
            Lanes::start(by_cores, |permit| {
                let runner = runner(&booking, &metrics);
                Lane::start(tasks, closing, permit, metrics.clone(), move |batch| {
                    let runner = runner.clone();
                    async move {
                        let _kept = runner.run(batch, LockWait::Long).await;
                    }
                })
            })
        };
        let of_rooms = LaneMetrics::of(LaneMetrics::ROOMS);
        Self {
            room_lanes: RoomLanes::start(
                tasks,
                closing,
                rooms.size_max(),
                of_rooms.clone(),
                runner(&rooms, &of_rooms),
            ),
            seat_lanes: lanes(LaneMetrics::SEATS),
            wallet_lanes: lanes(LaneMetrics::WALLETS),
            passes_by_number: Reader::start(
                tasks,
                closing,
                LaneMetrics::of(LaneMetrics::PASSES),
                PassesByNumber { pool: booking.clone() },
            ),
            free_seats: Reader::start(
                tasks,
                closing,
                LaneMetrics::of(LaneMetrics::FREE_SEATS),
                FreeSeatsByPerformance { pool: booking.clone() },
            ),
            rooms,
            booking,
        }
    }

    fn is_running(&self) -> bool {
        let lanes =
            self.room_lanes.is_running() && self.seat_lanes.is_running() && self.wallet_lanes.is_running();
        lanes && self.passes_by_number.is_running() && self.free_seats.is_running()
    }

    fn is_pressed(&self) -> bool {
        self.seat_lanes.are_pressed() || self.wallet_lanes.are_pressed()
    }
}

/// The cells that have been met.
pub(crate) struct Cells {
    home: Arc<Cell>,
    others: Mutex<BTreeMap<i32, Arc<Cell>>>,
    by_concert: Reader<CellsByConcert>,
    /// In which cell a concert is: for good.
    of_concerts: Cache<ConcertId, Arc<Cell>>,
    parts: CellParts,
}

impl Cells {
    /// The most concerts of which is remembered where they are.
    const REMEMBERED_MAX: u64 = 100_000;

    pub(crate) fn start(parts: CellParts) -> Self {
        let (rooms, booking) = (parts.shares.rooms.clone(), parts.shares.booking.clone());
        Self {
            home: Arc::new(Cell::start(&parts, rooms, booking)),
            others: Mutex::default(),
            by_concert: Reader::start(
                &parts.tasks,
                &parts.closing,
                LaneMetrics::of(LaneMetrics::CELLS),
                CellsByConcert { pool: parts.shares.booking.clone() },
            ),
            of_concerts: Cache::new(Self::REMEMBERED_MAX),
            parts,
        }
    }

    /// Cell 0, which also takes what belongs to no concert.
    pub(crate) const fn home(&self) -> &Arc<Cell> {
        &self.home
    }

    /// The cell of a concert. One that is unknown is unknown in cell 0.
    pub(crate) async fn of(&self, concert_id: ConcertId) -> Result<Arc<Cell>, StorageError> {
        if let Some(cell) = self.of_concerts.get(&concert_id) {
            return Ok(cell);
        }
        let Some(cell) = self.by_concert.get(concert_id).await? else { return Ok(self.home.clone()) };
        let cell = self.cell(cell)?;
        self.of_concerts.insert(concert_id, cell.clone());
        Ok(cell)
    }

    /// How many seats of performances are free now.
    pub(crate) async fn free_seats(
        &self,
        performances: &[Performance],
    ) -> Result<HashMap<PerformanceOfSeats, FreeSeats>, StorageError> {
        let mut free = HashMap::with_capacity(performances.len());
        for of_one in performances.chunk_by(|a, b| a.concert_id == b.concert_id) {
            let Some(first) = of_one.first() else { continue };
            let cell = self.of(first.concert_id).await?;
            free.extend(cell.free_seats.get_all(of_one.iter().map(PerformanceOfSeats::of).collect()).await?);
        }
        Ok(free)
    }

    /// The cell of a reservation.
    pub(crate) async fn of_reservation(
        &self,
        user_id: UserId,
        reservation_id: ReservationId,
    ) -> Result<Option<Arc<Cell>>, StorageError> {
        let find = FindCellOfReservation { user_id: user_id.uuid(), reservation_id: reservation_id.uuid() };
        let found = self.parts.shares.browsing.load_one(find).await?;
        found.map(|cell| self.cell(cell)).transpose()
    }

    fn cell(&self, cell: i32) -> Result<Arc<Cell>, StorageError> {
        if cell == 0 {
            return Ok(self.home.clone());
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = others.get(&cell) {
            return Ok(started.clone());
        }
        let pool = |share| self.parts.shares.of_cell(share, cell);
        let started = Arc::new(Cell::start(&self.parts, pool(Share::Rooms)?, pool(Share::Booking)?));
        others.insert(cell, started.clone());
        Ok(started)
    }

    /// Those that have been met.
    fn all(&self) -> Vec<Arc<Cell>> {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(self.home.clone()).chain(others.values().cloned()).collect()
    }

    /// Tells whether all of their lanes run.
    pub(crate) fn are_running(&self) -> bool {
        self.by_concert.is_running() && self.all().iter().all(|cell| cell.is_running())
    }

    /// Tells whether those who hold, pay and charge press anywhere.
    pub(crate) fn are_pressed(&self) -> bool {
        self.all().iter().any(|cell| cell.is_pressed())
    }

    /// The depths of their lanes.
    pub(crate) fn depths(&self) -> [(&'static str, usize); 5] {
        let sum = |depth: fn(&Cell) -> usize| self.sum(depth);
        [
            (LaneMetrics::ROOMS, sum(|cell| cell.room_lanes.depth())),
            (LaneMetrics::SEATS, sum(|cell| cell.seat_lanes.depth())),
            (LaneMetrics::WALLETS, sum(|cell| cell.wallet_lanes.depth())),
            (LaneMetrics::PASSES, sum(|cell| cell.passes_by_number.depth())),
            (LaneMetrics::CELLS, self.by_concert.depth()),
        ]
    }

    /// The number of calls for free seats whose read has not begun.
    pub(crate) fn depth_of_free_seats(&self) -> usize {
        self.sum(|cell| cell.free_seats.depth())
    }

    fn sum(&self, depth: fn(&Cell) -> usize) -> usize {
        self.all().iter().map(|cell| depth(cell)).sum()
    }

    /// The use of the connections of a share, in all cells.
    pub(crate) fn status(&self, share: Share, of_home: Status) -> Status {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let pools = others.values().filter_map(|cell| match share {
            Share::Rooms => Some(cell.rooms.status()),
            Share::Booking => Some(cell.booking.status()),
            _ => None,
        });
        pools.fold(of_home, |sum, pool| Status {
            max_size: sum.max_size + pool.max_size,
            size: sum.size + pool.size,
            available: sum.available + pool.available,
            waiting: sum.waiting + pool.waiting,
        })
    }

    /// Closes the connections to all but cell 0.
    pub(crate) fn close(&self) {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        for cell in others.values() {
            cell.rooms.close();
            cell.booking.close();
        }
    }
}
