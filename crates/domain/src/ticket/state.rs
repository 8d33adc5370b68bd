/// State of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketState {
    /// It admits, once.
    Valid,
    /// It has admitted somebody.
    Used,
    /// It admits nobody any more: its seat was refunded, or its performance cancelled.
    Void,
}

/// What a ticket's state follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketStanding {
    /// Whether the seat is still sold to the reservation. It is not after a refund.
    pub is_sold: bool,
    /// Whether the performance was cancelled.
    pub is_cancelled: bool,
    /// Whether somebody was checked in with it.
    pub is_checked_in: bool,
}

impl TicketStanding {
    /// The state. What is refunded or cancelled is void, used or not.
    pub const fn state(self) -> TicketState {
        match self {
            Self { is_sold: false, .. } | Self { is_cancelled: true, .. } => TicketState::Void,
            Self { is_checked_in: true, .. } => TicketState::Used,
            Self { .. } => TicketState::Valid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_void_before_it_is_used_and_used_before_it_is_valid() {
        let state = |is_sold, is_cancelled, is_checked_in| {
            TicketStanding { is_sold, is_cancelled, is_checked_in }.state()
        };
        assert_eq!(state(true, false, false), TicketState::Valid);
        assert_eq!(state(true, false, true), TicketState::Used);
        for used in [false, true] {
            assert_eq!(state(false, false, used), TicketState::Void, "refunded");
            assert_eq!(state(true, true, used), TicketState::Void, "cancelled");
            assert_eq!(state(false, true, used), TicketState::Void, "both");
        }
    }
}
