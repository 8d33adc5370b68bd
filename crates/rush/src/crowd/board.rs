use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde::Deserialize;

use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::promises::{BoardPosition, Promise, check_board_after_poll, check_next_board};
use crate::service::Kind;

/// A line as it was announced.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoardBody {
    announced_at: String,
    served: u64,
    departures: Vec<DeparturesBody>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeparturesBody {
    up_to: u64,
    count: u64,
}

impl BoardBody {
    /// How many are ahead of a number; `None` once it was served.
    fn ahead_of(&self, number: u64) -> Option<u64> {
        let between = number.checked_sub(self.served + 1)?;
        let left = self.departures.iter().rev().find(|sum| sum.up_to <= number).map_or(0, |sum| sum.count);
        Some(between.saturating_sub(left))
    }

    fn announced_at(&self) -> anyhow::Result<SystemTime> {
        Ok(humantime::parse_rfc3339(&self.announced_at)?)
    }
}

/// Reads the announced board and reckons the position of somebody who waits far back. `None` where they have to poll: near
/// the front, and when their number was served.
pub(super) async fn read(visitor: &mut Visitor, number: u64) -> Result<Option<u64>, Outcome> {
    let path = format!("/concerts/{}/board", visitor.rehearsal.sale.concert.id);
    let call = visitor.call(Kind::Board, Method::GET, path).bearer(None).queue_token(None);
    let answer = visitor.send(&call).await?;
    let body: BoardBody = visitor.read(&answer)?;
    let announced_at = body.announced_at().map_err(|error| visitor.fail(&error.to_string()))?;
    let before = visitor.board;
    if let Some(before) = before.filter(|before| announced_at < before.announced_at) {
        // An older copy than one seen before counts for nothing.
        return Ok(Some(before.ahead));
    }
    let Some(ahead) = body.ahead_of(number) else { return Ok(None) };
    let board = BoardPosition { announced_at, ahead, distance: number - body.served, sent: answer.sent };
    let rehearsal = &visitor.rehearsal;
    if let Some(before) = before {
        rehearsal.promises.note(Promise::BoardAgrees, check_next_board(number, &before, &board));
    }
    if let Some(polled) = visitor.polled
        && board.is_after(&polled, rehearsal.promises.tolerance())
    {
        rehearsal.promises.note(Promise::BoardAgrees, check_board_after_poll(number, &polled, &board));
        visitor.polled = None;
    }
    visitor.board = Some(board);
    visitor.position = visitor.position.min(ahead + 1);
    Ok((ahead >= rehearsal.habits.near).then_some(ahead))
}

/// How long to wait until the next look at a board with so many people ahead: as long as until the next poll.
pub(super) fn read_after(ahead: u64) -> Duration {
    const PEOPLE_A_SECOND: u64 = 1_000;
    Duration::from_secs((ahead / PEOPLE_A_SECOND).clamp(1, 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_reckoned_as_the_interface_says() {
        let board: BoardBody = serde_json::from_str(
            r#"{"concertId":"x","announcedAt":"2026-11-21T09:00:00.600Z","state":"OPEN","served":3,"lastNumber":20,
                "departures":[{"upTo":5,"count":1},{"upTo":12,"count":3}],"availableSeats":7}"#,
        )
        .unwrap();
        let ahead: Vec<_> = [3, 4, 5, 11, 12, 20].map(|number| board.ahead_of(number)).into();
        assert_eq!(ahead, [None, Some(0), Some(0), Some(6), Some(5), Some(13)]);
        assert!(board.announced_at().is_ok());
    }

    #[test]
    fn whoever_is_far_back_looks_seldom() {
        assert_eq!([0, 1_999, 5_000, 10_000_000].map(|ahead| read_after(ahead).as_secs()), [1, 1, 5, 30]);
    }
}
