use crate::queue::QueuePosition;

/// The last position sent on a stream, without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSent {
    /// A position in line.
    Waiting {
        /// 1 is next.
        position: u64,
    },
    /// The turn.
    Active,
    /// The end.
    Ended,
}

impl LastSent {
    /// What is sent with this position.
    pub const fn of(position: &QueuePosition) -> Self {
        match position {
            QueuePosition::Waiting { ahead, .. } => Self::Waiting { position: ahead.saturating_add(1) },
            QueuePosition::Active { .. } => Self::Active,
            QueuePosition::Ended { .. } => Self::Ended,
        }
    }

    /// Whether this is news after `last`. A position that rises is not, nor is a wait after a turn:
    /// an instance that lags behind another must not be believed. The end always is, so that every stream closes.
    pub(super) fn is_news_after(self, last: Self) -> bool {
        match (last, self) {
            (_, Self::Ended) | (Self::Waiting { .. }, Self::Active) => true,
            (Self::Waiting { position: before }, Self::Waiting { position }) => position < before,
            (Self::Active | Self::Ended, Self::Waiting { .. } | Self::Active) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_moves_on_is_news() {
        let waiting = |position| LastSent::Waiting { position };
        let order = [waiting(9), waiting(8), waiting(1), LastSent::Active, LastSent::Ended];
        for (before, last) in order.into_iter().enumerate() {
            for (after, now) in order.into_iter().enumerate() {
                let news = after > before || now == LastSent::Ended;
                assert_eq!(now.is_news_after(last), news, "{now:?} after {last:?}");
            }
        }
    }
}
