use std::time::Duration;

/// A share of an instance's connections: nobody waits for a connection of another share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Batches that change waiting rooms. Boards wait for what these have not committed, and know them by their name:
    /// see [`CommitWatermark`](super::CommitWatermark).
    Rooms,
    /// Holds, payments and charges; whose token a request bears, and whose turn it is.
    Booking,
    /// What users and operators look at, what operators add to the programme, and what is written down about what has
    /// ended.
    Browsing,
    /// What anybody may look at.
    Public,
    /// The boards of the waiting rooms, what is left of the seats, and whether the database answers.
    Upkeep,
    /// Publishing events, and delivering them.
    Events,
}

impl Share {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Rooms, Self::Booking, Self::Browsing, Self::Public, Self::Upkeep, Self::Events];

    /// The most connections for reads of the public.
    const PUBLIC_MAX: usize = 4;
    /// One connection for the boards, one for what is left of the seats, one for readiness.
    const UPKEEP: usize = 3;
    /// One connection to publish, one to deliver.
    const EVENTS: usize = 2;

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Booking => "booking",
            Self::Browsing => "browsing",
            Self::Public => "public",
            Self::Upkeep => "upkeep",
            Self::Events => "events",
        }
    }

    /// The name by which PostgreSQL knows its connections. That of the rooms is the one that every version of Seatline
    /// looks for when it brings boards up to date.
    pub(super) const fn application_name(self) -> &'static str {
        match self {
            Self::Rooms => "seatline",
            Self::Booking => "seatline booking",
            Self::Browsing => "seatline browsing",
            Self::Public => "seatline public",
            Self::Upkeep => "seatline upkeep",
            Self::Events => "seatline events",
        }
    }

    /// The longest that an answer is waited for on this side, should the network go silent. Longer than the server's own
    /// `statement_timeout`, where that holds.
    pub(super) const fn answer_timeout(self) -> Duration {
        Duration::from_secs(if matches!(self, Self::Public) { 3 } else { 6 })
    }

    /// How many connections it has where so many serve requests: a quarter each for rooms and for browsing, the rest for
    /// booking. Two rooms at least are changed at the same time. Fewer than four connections are not divided.
    pub(crate) fn size(self, connections: usize) -> usize {
        let connections = connections.max(4);
        let quarter = connections / 4;
        match self {
            Self::Rooms => quarter.max(2),
            Self::Booking => connections - quarter.max(2) - quarter,
            Self::Browsing => quarter,
            Self::Public => connections.min(Self::PUBLIC_MAX),
            Self::Upkeep => Self::UPKEEP,
            Self::Events => Self::EVENTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_has_a_connection_and_together_they_are_as_many_as_configured() {
        let sizes = |connections| Share::ALL.map(|share| share.size(connections));
        assert_eq!(sizes(16), [4, 8, 4, 4, 3, 2]);
        assert_eq!(sizes(6), [2, 3, 1, 4, 3, 2]);
        for few in 1..=4 {
            assert_eq!(sizes(few), [2, 1, 1, 4, 3, 2]);
        }
        for connections in 4..=1_000 {
            let [rooms, booking, browsing, ..] = sizes(connections);
            assert_eq!(rooms + booking + browsing, connections);
            assert!(booking >= 1 && browsing >= 1);
        }
    }
}
