use deadpool::Status;
use seatline_domain::storage::StorageError;

use super::{ConnectionSettings, Pool, Share};

/// The pools of an instance, one for each [`Share`].
pub(crate) struct Shares {
    pub(crate) rooms: Pool,
    pub(crate) booking: Pool,
    pub(crate) browsing: Pool,
    pub(crate) public: Pool,
    pub(crate) upkeep: Pool,
    pub(crate) events: Pool,
}

impl Shares {
    /// Divides the connections that serve requests.
    pub(crate) fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        let pool = |share: Share| {
            let pool_size = share.size(settings.pool_size);
            Pool::new(&ConnectionSettings { pool_size, ..settings.clone() }, share)
        };
        Ok(Self {
            rooms: pool(Share::Rooms)?,
            booking: pool(Share::Booking)?,
            browsing: pool(Share::Browsing)?,
            public: pool(Share::Public)?,
            upkeep: pool(Share::Upkeep)?,
            events: pool(Share::Events)?,
        })
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

    /// The use of each at this moment, by its name.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = (&'static str, Status)> {
        Share::ALL.into_iter().map(|share| (share.name(), self.pool(share).status()))
    }

    /// Closes all of them.
    pub(crate) fn close(&self) {
        for share in Share::ALL {
            self.pool(share).close();
        }
    }
}
