use seatline_domain::queue::RoomStatus;

use crate::queue::{QueuePosition, QueueStatus};

/// The last position sent on a stream, without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSent {
    /// A position in line.
    Waiting {
        /// 1 is next.
        position: u64,
        /// The status of the room.
        room_status: RoomStatus,
    },
    /// The turn.
    Active,
    /// The end.
    Ended,
}

impl LastSent {
    /// What is sent with this status.
    pub const fn of(status: &QueueStatus) -> Self {
        match status.position {
            QueuePosition::Waiting { ahead, .. } => {
                Self::Waiting { position: ahead.saturating_add(1), room_status: status.outlook.room_status }
            }
            QueuePosition::Active { .. } => Self::Active,
            QueuePosition::Ended { .. } => Self::Ended,
        }
    }

    /// Whether this is news after `last`. A position that rises is not, nor is a wait after a turn:
    /// an instance that lags behind another must not be believed. That the room is paused or opened is news where one
    /// stands. The end always is, so that every stream closes.
    pub(super) fn is_news_after(self, last: Self) -> bool {
        match (last, self) {
            (_, Self::Ended) | (Self::Waiting { .. }, Self::Active) => true,
            (
                Self::Waiting { position: before, room_status: was },
                Self::Waiting { position, room_status: is },
            ) => position < before || position == before && is != was,
            (Self::Active | Self::Ended, Self::Waiting { .. } | Self::Active) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_moves_on_is_news() {
        let waiting = |position| LastSent::Waiting { position, room_status: RoomStatus::Open };
        let order = [waiting(9), waiting(8), waiting(1), LastSent::Active, LastSent::Ended];
        for (before, last) in order.into_iter().enumerate() {
            for (after, now) in order.into_iter().enumerate() {
                let news = after > before || now == LastSent::Ended;
                assert_eq!(now.is_news_after(last), news, "{now:?} after {last:?}");
            }
        }
    }

    #[test]
    fn a_pause_is_news_where_one_stands() {
        let at = |position, room_status| LastSent::Waiting { position, room_status };
        let (open, paused) = (RoomStatus::Open, RoomStatus::Paused);
        assert!(at(4, paused).is_news_after(at(4, open)) && at(4, open).is_news_after(at(4, paused)));
        assert!(!at(4, paused).is_news_after(at(4, paused)));
        assert!(!at(5, paused).is_news_after(at(4, open)), "a position never rises");
    }
}
