use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::Client;

use super::simple_query::first_row;

/// Which history a server writes on: whose it is, and how often it has been taken over. Whoever is promoted begins a new
/// timeline, with a higher number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timeline {
    system: String,
    number: u32,
}

impl Timeline {
    /// Asks a server. `None` where it takes no writes, or cannot tell.
    pub(super) async fn of(client: &Client) -> Option<Self> {
        let text = "SELECT system_identifier, pg_walfile_name(pg_current_wal_lsn()) FROM pg_control_system()";
        let row = first_row(client, text).await.ok()??;
        let number = u32::from_str_radix(row.get(1)?.get(..8)?, 16).ok()?;
        Some(Self { system: row.get(0)?.to_owned(), number })
    }
}

/// The newest timeline that an instance has seen. A server that was left behind may live on, and tell of the past.
#[derive(Debug, Default)]
pub(super) struct History {
    system: OnceLock<String>,
    newest: AtomicU32,
}

impl History {
    /// Takes note of the timeline of a server that was just connected to.
    ///
    /// # Errors
    /// The server writes on another history than that which is gone on with.
    pub(super) fn follow(&self, Timeline { system, number }: &Timeline) -> Result<(), String> {
        if self.system.get_or_init(|| system.clone()) != system {
            return Err("it is another system than the one this instance began with".into());
        }
        let newest = self.newest.fetch_max(*number, Ordering::Relaxed);
        if newest > *number {
            return Err(format!("its history was left behind: timeline {number}, the newest is {newest}"));
        }
        if 0 < newest && newest < *number {
            tracing::warn!(from = newest, to = number, "another server has taken over");
        }
        Ok(())
    }

    /// Tells whether a newer timeline was seen since.
    pub(super) fn is_left_behind(&self, timeline: &Timeline) -> bool {
        timeline.number < self.newest.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(number: u32) -> Timeline {
        Timeline { system: "7322".into(), number }
    }

    #[test]
    fn the_newest_timeline_is_gone_on_with() {
        let history = History::default();
        assert!(!history.is_left_behind(&timeline(1)));
        history.follow(&timeline(1)).unwrap();
        history.follow(&timeline(3)).unwrap();
        assert!(history.is_left_behind(&timeline(1)) && !history.is_left_behind(&timeline(3)));
        let refused = history.follow(&timeline(2)).unwrap_err();
        assert_eq!(refused, "its history was left behind: timeline 2, the newest is 3");
        history.follow(&timeline(3)).unwrap();
    }

    #[test]
    fn another_system_is_none_to_go_on_with() {
        let history = History::default();
        history.follow(&timeline(1)).unwrap();
        let other = Timeline { system: "1".into(), number: 5 };
        history.follow(&other).unwrap_err();
        assert!(!history.is_left_behind(&timeline(1)));
    }
}
