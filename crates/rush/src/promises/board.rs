use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A position that somebody reckoned from an announced board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoardPosition {
    pub(crate) announced_at: SystemTime,
    pub(crate) ahead: u64,
    /// How far back the number was behind the last one served.
    pub(crate) distance: u64,
    /// The board was asked for at this instant.
    pub(crate) sent: Instant,
}

/// A position that somebody was told by a poll after they had seen a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PolledPosition {
    pub(crate) ahead: u64,
    pub(crate) received: Instant,
    /// The last board before it.
    pub(crate) board: BoardPosition,
}

/// How long a board is announced at most, from the instant as of which it tells.
const ANNOUNCED_FOR: Duration = Duration::from_millis(1_400);

/// The most people by which a board errs so far back.
const fn error_max(distance: u64) -> u64 {
    (distance / 32).saturating_sub(1)
}

/// Finds a position by a board that is higher than by the board before.
pub(crate) fn check_next_board(number: u64, before: &BoardPosition, after: &BoardPosition) -> Option<String> {
    let (was, is) = (before.ahead, after.ahead);
    (is > was).then(|| format!("number {number} had {was} ahead by a board, and {is} by a later one"))
}

/// Finds a position by a board that is lower than by a poll after it.
pub(crate) fn check_poll_after_board(number: u64, board: &BoardPosition, polled: u64) -> Option<String> {
    let ahead = board.ahead;
    (polled > ahead)
        .then(|| format!("number {number} had {ahead} ahead by a board, and {polled} by a poll after it"))
}

impl BoardPosition {
    /// Whether it must be as of after a poll; it may be as of before, unless it was announced long enough after the board
    /// that was seen before the poll.
    ///
    /// * `tolerance` – how much longer than it should be a board may be shown.
    pub(crate) fn is_after(&self, polled: &PolledPosition, tolerance: Duration) -> bool {
        let polled_within = polled.received.duration_since(polled.board.sent) + ANNOUNCED_FOR + tolerance;
        self.announced_at
            .duration_since(polled.board.announced_at)
            .is_ok_and(|announced_after| announced_after > polled_within)
    }
}

/// Finds a position by a board that is higher than by a poll before it, by more than a board errs.
pub(crate) fn check_board_after_poll(
    number: u64,
    polled: &PolledPosition,
    board: &BoardPosition,
) -> Option<String> {
    let (was, is, most) = (polled.ahead, board.ahead, error_max(board.distance));
    (is > was + most).then(|| {
        let distance = board.distance;
        format!(
            "number {number} had {was} ahead by a poll, and {is} by a board after it, at distance {distance}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(second: u64, ahead: u64) -> BoardPosition {
        let announced_at = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        BoardPosition { announced_at, ahead, distance: 6_400, sent: Instant::now() }
    }

    #[test]
    fn a_rise_from_board_to_board_is_found() {
        assert_eq!(check_next_board(7, &board(1, 10), &board(2, 10)), None);
        assert!(check_next_board(7, &board(1, 10), &board(2, 11)).is_some());
    }

    #[test]
    fn a_board_that_promises_too_much_is_found_by_the_next_poll() {
        assert_eq!(check_poll_after_board(7, &board(1, 10), 10), None);
        assert!(check_poll_after_board(7, &board(1, 10), 11).is_some());
    }

    #[test]
    fn a_board_that_errs_by_more_than_a_bucket_is_found_where_it_must_be_later_than_the_poll() {
        let polled = PolledPosition { ahead: 5_000, received: Instant::now(), board: board(1, 5_100) };
        let is_after = |second| board(second, 9_000).is_after(&polled, Duration::from_secs(2));
        assert_eq!([is_after(4), is_after(5)], [false, true], "it may be as of before the poll");
        let check = |board| check_board_after_poll(7, &polled, &board);
        assert_eq!(check(board(5, 5_199)), None);
        assert!(check(board(5, 5_200)).is_some());
    }
}
