use std::sync::Arc;

use deadpool::Status;
use diesel::ConnectionError;
use seatline_domain::storage::StorageError;

use super::clock::Clock;
use super::{ConnectionSettings, Pool, Scope, Share, connections};
use crate::connector::Connector;

/// The pools of an instance, one for each [`Share`].
pub(crate) struct Shares {
    pub(crate) rooms: Pool,
    pub(crate) booking: Pool,
    pub(crate) browsing: Pool,
    pub(crate) public: Pool,
    pub(crate) upkeep: Pool,
    pub(crate) events: Pool,
    settings: ConnectionSettings,
    connector: Connector,
    clock: Arc<Clock>,
}

impl Shares {
    /// Divides the connections that serve requests. They are opened when they are first needed.
    pub(crate) fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        let unusable = |error: ConnectionError| StorageError::Unavailable(error.to_string());
        let connector = Connector::parse(&settings.url).map_err(unusable)?;
        let upkeep = connections(&connector, settings, Share::Upkeep, Scope::EveryCell)?;
        let clock = Clock::new(upkeep.clone());
        let pool = |share: Share, scope: Scope| {
            let connections = connections(&connector, settings, share, scope)?;
            Ok::<_, StorageError>(Pool::new(connections, share, clock.clone()))
        };
        Ok(Self {
            rooms: pool(Share::Rooms, Scope::Home)?,
            booking: pool(Share::Booking, Scope::Home)?,
            browsing: pool(Share::Browsing, Scope::EveryCell)?,
            public: pool(Share::Public, Scope::EveryCell)?,
            upkeep: Pool::new(upkeep, Share::Upkeep, clock.clone()),
            events: pool(Share::Events, Scope::Home)?,
            settings: settings.clone(),
            connector,
            clock,
        })
    }

    /// Connections of a share of their own to another cell.
    pub(crate) fn of_cell(&self, share: Share, cell: i32) -> Result<Pool, StorageError> {
        let connections = connections(&self.connector, &self.settings, share, Scope::Cell(cell))?;
        Ok(Pool::new(connections, share, self.clock.clone()))
    }

    /// The database's time.
    pub(crate) const fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// Opens the connections.
    pub(crate) const fn connector(&self) -> &Connector {
        &self.connector
    }

    const fn pool(&self, share: Share) -> &Pool {
        match share {
            Share::Rooms => &self.rooms,
            Share::Booking => &self.booking,
            Share::Browsing => &self.browsing,
            Share::Public => &self.public,
            Share::Upkeep => &self.upkeep,
            Share::Events => &self.events,
        }
    }

    /// The use of each at this moment.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = (Share, Status)> {
        Share::ALL.into_iter().map(|share| (share, self.pool(share).status()))
    }

    /// Closes all of them.
    pub(crate) fn close(&self) {
        for share in Share::ALL {
            self.pool(share).close();
        }
    }
}
