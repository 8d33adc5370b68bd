use std::num::NonZero;
use std::ops::RangeInclusive;
use std::time::Duration;

use seatline_domain::storage::StorageError;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::lane::{BatchRunner, Job, Lane, Lanes, Reader};
use crate::metrics::{LaneMetrics, PortMetrics, publish_depths, publish_pool};
use crate::pool::{ConnectionSettings, Pool};
use crate::reads::{
    ActiveCountCache, FiguresByConcert, PassesByNumber, ProgrammeCache, SeatMaps, SeatsLeftByConcert,
    UsersByToken,
};
use crate::tables;

/// Every port of the domain, over one pool of connections.
pub struct Postgres {
    pub(crate) pool: Pool,
    /// Keeps the boards of the waiting rooms up to date, and tells whether the database answers, however busy the pool is.
    pub(crate) monitoring_pool: Pool,
    /// Reads for the public: bounded more tightly than others, and nobody who books waits for their connections.
    pub(crate) public_pool: Pool,
    pub(crate) large_additions: Semaphore,
    pub(crate) room_lanes: Lanes<Box<dyn Job>>,
    pub(crate) seat_lanes: Lanes<Box<dyn Job>>,
    pub(crate) wallet_lanes: Lanes<Box<dyn Job>>,
    pub(crate) users_by_token: Reader<UsersByToken>,
    pub(crate) passes_by_number: Reader<PassesByNumber>,
    pub(crate) figures_by_concert: Reader<FiguresByConcert>,
    pub(crate) seat_maps: Reader<SeatMaps>,
    pub(crate) seats_left_by_concert: Reader<SeatsLeftByConcert>,
    pub(crate) programme: ProgrammeCache,
    pub(crate) active_counts: ActiveCountCache,
    pub(crate) metrics: PortMetrics,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Postgres {
    const ROOM_LANES: usize = 2;
    /// The number of lanes for seats, and of those for wallets: as many as this machine has cores, within these bounds.
    /// One batch runs while another is committed; more lanes make smaller batches, which cost more.
    const LANES: RangeInclusive<usize> = 2..=8;
    /// One connection for the boards, one for what is left of the seats, one for readiness.
    const MONITORING_POOL_SIZE: usize = 3;

    /// The most connections for reads of the public.
    const PUBLIC_POOL_SIZE: usize = 4;

    /// Starts the lanes. Connections are opened when they are first needed.
    ///
    /// Must be called within a tokio runtime, which the lanes then run on.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the settings make no pool.
    pub fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        let pool = Pool::new(settings)?;
        let monitoring_pool =
            Pool::new(&ConnectionSettings { pool_size: Self::MONITORING_POOL_SIZE, ..settings.clone() })?;
        let public_pool = Pool::for_the_public(&ConnectionSettings {
            pool_size: settings.pool_size.min(Self::PUBLIC_POOL_SIZE),
            ..settings.clone()
        })?;
        drop(tables::left_out());
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let by_cores = cores.clamp(*Self::LANES.start(), *Self::LANES.end());
        let lanes = |count, name| {
            let metrics = LaneMetrics::of(name);
            Lanes::start(count, |permit| {
                let runner = BatchRunner::new(pool.clone(), metrics.clone());
                Lane::start(&tasks, &closing, permit, metrics.clone(), move |batch| {
                    let runner = runner.clone();
                    async move { runner.run(batch).await }
                })
            })
        };
        Ok(Self {
            room_lanes: lanes(Self::ROOM_LANES, LaneMetrics::ROOMS),
            seat_lanes: lanes(by_cores, LaneMetrics::SEATS),
            wallet_lanes: lanes(by_cores, LaneMetrics::WALLETS),
            users_by_token: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::TOKENS),
                UsersByToken { pool: pool.clone() },
            ),
            passes_by_number: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::PASSES),
                PassesByNumber { pool: pool.clone() },
            ),
            figures_by_concert: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::FIGURES),
                FiguresByConcert { pool: pool.clone() },
            ),
            seat_maps: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::SEAT_MAPS),
                SeatMaps::new(pool.clone()),
            ),
            seats_left_by_concert: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::SEATS_LEFT),
                SeatsLeftByConcert { pool: monitoring_pool.clone() },
            ),
            programme: ProgrammeCache::default(),
            active_counts: ActiveCountCache::default(),
            metrics: PortMetrics::new(),
            pool,
            monitoring_pool,
            public_pool,
            large_additions: Semaphore::new(Self::LARGE_ADDITIONS),
            tasks,
            closing,
        })
    }

    /// Tells whether all lanes run and the database answers.
    pub async fn is_ready(&self) -> bool {
        let commands = [&self.room_lanes, &self.seat_lanes, &self.wallet_lanes];
        let reads = self.users_by_token.is_running()
            && self.passes_by_number.is_running()
            && self.figures_by_concert.is_running()
            && self.seat_maps.is_running();
        if !reads || !commands.into_iter().all(Lanes::is_running) {
            return false;
        }
        match self.monitoring_pool.lease().await {
            Ok(lease) => tables::clock(&lease).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Publishes, to the recorder in force, what can be read at this moment: the figures and totals of the waiting rooms,
    /// the depths of the lanes, and the use of the pool. Touches no database.
    ///
    /// Meant for a recorder of its own on every look, so that a room that is no longer among the busiest is gone.
    pub fn publish_metrics(&self) {
        self.metrics.rooms.publish();
        publish_depths([
            (LaneMetrics::ROOMS, self.room_lanes.depth()),
            (LaneMetrics::SEATS, self.seat_lanes.depth()),
            (LaneMetrics::WALLETS, self.wallet_lanes.depth()),
            (LaneMetrics::TOKENS, self.users_by_token.depth()),
            (LaneMetrics::PASSES, self.passes_by_number.depth()),
            (LaneMetrics::FIGURES, self.figures_by_concert.depth()),
            (LaneMetrics::SEAT_MAPS, self.seat_maps.depth()),
            (LaneMetrics::SEATS_LEFT, self.seats_left_by_concert.depth()),
        ]);
        publish_pool(&self.pool.status());
    }

    /// Takes no more work, lets the lanes finish what they have taken, and closes the connections.
    ///
    /// * `within` – the longest wait for the lanes.
    ///
    /// Gives whether they finished.
    pub async fn shut_down(&self, within: Duration) -> bool {
        self.closing.cancel();
        self.tasks.close();
        let finished = timeout(within, self.tasks.wait()).await.is_ok();
        self.pool.close();
        self.monitoring_pool.close();
        self.public_pool.close();
        finished
    }
}
