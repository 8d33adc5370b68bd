use chrono::TimeDelta;

use super::policy;
use crate::Timestamp;
use crate::id::UserId;

/// What an account has left behind since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountTraces {
    /// The account's user.
    pub user_id: UserId,
    /// The instant at which it was opened.
    pub registered_at: Timestamp,
    /// Whether its wallet has ledger entries.
    pub has_entries: bool,
    /// Whether it has reservations: without one there is no payment.
    pub has_reservations: bool,
    /// Whether it has a live pass. One that has ended is no trace: it goes with its room.
    pub is_in_line: bool,
}

impl AccountTraces {
    /// Whether the account has done nothing for as long as such accounts are kept.
    pub fn is_idle(&self, keep: TimeDelta, now: Timestamp) -> bool {
        let Self { registered_at, has_entries, has_reservations, is_in_line, .. } = *self;
        now.signed_duration_since(registered_at) >= keep && !has_entries && !has_reservations && !is_in_line
    }
}

/// The instant before which an account must have been found idle to be removed now.
pub fn removal_cutoff(now: Timestamp) -> Timestamp {
    now - policy::IDLE_GRACE
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const KEEP: TimeDelta = TimeDelta::days(90);

    fn nothing() -> AccountTraces {
        AccountTraces {
            user_id: UserId::new(Uuid::nil()),
            registered_at: Timestamp::default(),
            has_entries: false,
            has_reservations: false,
            is_in_line: false,
        }
    }

    #[test]
    fn an_account_is_idle_from_the_instant_at_which_its_time_is_up() {
        let up = Timestamp::default() + KEEP;
        assert!(nothing().is_idle(KEEP, up));
        assert!(!nothing().is_idle(KEEP, up - TimeDelta::milliseconds(1)));
    }

    #[test]
    fn whatever_an_account_did_keeps_it() {
        let late = Timestamp::default() + KEEP * 10;
        for traces in [
            AccountTraces { has_entries: true, ..nothing() },
            AccountTraces { has_reservations: true, ..nothing() },
            AccountTraces { is_in_line: true, ..nothing() },
        ] {
            assert!(!traces.is_idle(KEEP, late), "{traces:?}");
        }
    }

    #[test]
    fn an_account_that_was_found_idle_is_left_a_while_to_be_used() {
        let now = Timestamp::default();
        assert_eq!(removal_cutoff(now), now - policy::IDLE_GRACE);
    }
}
