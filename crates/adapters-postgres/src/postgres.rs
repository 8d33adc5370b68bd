use std::sync::Arc;
use std::time::Duration;

use seatline_domain::storage::StorageError;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cells::{CellParts, Cells};
use crate::changes::Changes;
use crate::connector::Connector;
use crate::lane::Reader;
use crate::metrics::{LaneMetrics, PortMetrics, publish_clock_error, publish_connections, publish_depths};
use crate::pool::{ConnectionSettings, Shares, time_of_read};
use crate::reads::{
    ActiveCountCache, FiguresByConcert, Halls, OperatorKeysByHash, ProgrammeReads, Recent, SeatMaps,
    SeatsLeftByConcert, UsersByToken,
};
use crate::tables;
use crate::wanted_events::WantedEvents;

/// Every port of the domain, over connections in shares (`pool::Share`).
pub struct Postgres {
    pub(crate) shares: Arc<Shares>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) large_additions: Semaphore,
    pub(crate) cells: Cells,
    pub(crate) users_by_token: Reader<UsersByToken>,
    pub(crate) operator_keys_by_hash: Reader<OperatorKeysByHash>,
    pub(crate) figures_by_concert: Recent<FiguresByConcert>,
    pub(crate) seat_maps: Reader<SeatMaps>,
    pub(crate) seats_left_by_concert: Reader<SeatsLeftByConcert>,
    pub(crate) programme: ProgrammeReads,
    pub(crate) halls: Halls,
    pub(crate) active_counts: ActiveCountCache,
    pub(crate) wanted_events: Arc<WantedEvents>,
    pub(crate) metrics: PortMetrics,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Postgres {
    /// Starts the lanes. Connections are opened when they are first needed.
    ///
    /// Must be called within a tokio runtime, which the lanes then run on.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the settings make no pool.
    pub fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        let shares = Arc::new(Shares::new(settings)?);
        drop(tables::left_out());
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        look_around(&tasks, &closing, shares.connector());
        let changes = Arc::new(Changes::default());
        let wanted = WantedEvents::start(&tasks, &closing, shares.events.clone());
        let parts = CellParts {
            tasks: tasks.clone(),
            closing: closing.clone(),
            changes: changes.clone(),
            wanted: wanted.clone(),
            shares: shares.clone(),
        };
        Ok(Self {
            cells: Cells::start(parts),
            users_by_token: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::TOKENS),
                UsersByToken { pool: shares.booking.clone() },
            ),
            operator_keys_by_hash: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::OPERATOR_KEYS),
                OperatorKeysByHash { pool: shares.booking.clone() },
            ),
            figures_by_concert: Recent::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::FIGURES),
                changes.clone(),
                FiguresByConcert { pool: shares.public.clone() },
            ),
            seat_maps: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::SEAT_MAPS),
                SeatMaps::new(shares.browsing.clone()),
            ),
            seats_left_by_concert: Reader::start(
                &tasks,
                &closing,
                LaneMetrics::of(LaneMetrics::SEATS_LEFT),
                SeatsLeftByConcert { pool: shares.upkeep.clone() },
            ),
            programme: ProgrammeReads::start(&tasks, &closing, &shares, &changes),
            halls: Halls::start(&tasks, &closing, changes.clone(), shares.public.clone()),
            active_counts: ActiveCountCache::default(),
            wanted_events: wanted,
            metrics: PortMetrics::new(),
            large_additions: Semaphore::new(Self::large_additions(&shares.browsing)),
            changes,
            shares,
            tasks,
            closing,
        })
    }

    /// Waits while those who hold, pay and charge press, for so long at most: what nobody awaits takes what they leave of the
    /// machine, and not nothing.
    pub(crate) async fn give_way(&self, at_most: Duration) {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        let until = Instant::now() + at_most;
        while self.cells.are_pressed() && Instant::now() < until {
            sleep(LOOK_EVERY).await;
        }
    }

    /// Tells and keeps every event from now on, whether or not a webhook wants it.
    pub fn keep_all_events(&self) {
        self.wanted_events.want_all();
    }

    /// Tells whether all lanes run and the database answers.
    pub async fn is_ready(&self) -> bool {
        let reads = self.users_by_token.is_running()
            && self.operator_keys_by_hash.is_running()
            && self.figures_by_concert.is_running()
            && self.seat_maps.is_running()
            && self.seats_left_by_concert.is_running()
            && self.programme.is_running()
            && self.halls.is_running();
        if !(reads && self.cells.are_running()) {
            return false;
        }
        match self.shares.upkeep.lease().await {
            Ok(lease) => time_of_read(&lease).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Publishes, to the recorder in force, what can be read at this moment: the figures and totals of the waiting rooms,
    /// the depths of the lanes, and the use of the connections. Touches no database.
    ///
    /// Meant for a recorder of its own on every look, so that a room that is no longer among the busiest is gone.
    pub fn publish_metrics(&self) {
        self.metrics.rooms.publish();
        publish_depths(self.cells.depths());
        publish_depths([
            (LaneMetrics::TOKENS, self.users_by_token.depth()),
            (LaneMetrics::OPERATOR_KEYS, self.operator_keys_by_hash.depth()),
            (LaneMetrics::FIGURES, self.figures_by_concert.depth()),
            (LaneMetrics::SEAT_MAPS, self.seat_maps.depth()),
            (LaneMetrics::SEATS_LEFT, self.seats_left_by_concert.depth()),
            (LaneMetrics::HALLS, self.halls.depth()),
        ]);
        publish_depths(self.programme.depths(self.cells.depth_of_free_seats()));
        let statuses = self.shares.statuses();
        publish_connections(statuses.map(|(share, home)| (share.name(), self.cells.status(share, home))));
        publish_clock_error(self.shares.clock().error());
    }

    /// Forgets what is remembered for a second: somebody else has changed the database, and nobody is to be told what was
    /// before.
    pub fn forget_recent(&self) {
        self.changes.anything();
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
        self.cells.close();
        self.shares.close();
        finished
    }
}

/// Looks again and again whether another server has taken over, where that may be.
fn look_around(tasks: &TaskTracker, closing: &CancellationToken, connector: &Connector) {
    let Some(every) = connector.look_around_every() else { return };
    let connector = connector.clone();
    let looking = async move {
        loop {
            sleep(every).await;
            connector.look_around().await;
        }
    };
    tasks.spawn(closing.clone().run_until_cancelled_owned(looking));
}
