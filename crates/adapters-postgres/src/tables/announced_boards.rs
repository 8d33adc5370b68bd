use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{AnnouncedBoard, DepartureSum, Number};
use uuid::Uuid;

use super::waiting_rooms::{status, status_column};
use super::{CorruptRow, bigint, count};
use crate::statement::{row, statement};

row! {
    /// An announced board.
    AnnouncedBoardRow as announced_board_columns {
        concert_id: Uuid => SqlUuid,
        announced_at: Timestamp => Timestamptz,
        state: String => Text,
        served: i64 => BigInt,
        last_number: i64 => BigInt,
        departed_up_to: Vec<i64> => Array<BigInt>,
        departed: Vec<i64> => Array<BigInt>,
        available_seats: i64 => BigInt,
    }
}

statement! {
    /// Finds the board of a concert's room that was announced last.
    FindAnnouncedBoard {
        concert_id: Uuid => SqlUuid,
    } -> AnnouncedBoardRow;
    "SELECT ", announced_board_columns!(), " FROM announced_boards WHERE concert_id = ?"
}

statement! {
    /// Lets a transaction write on a connection that is for reads.
    LetWrite {};
    "SET TRANSACTION READ WRITE"
}

statement! {
    /// Announces the first board of a room, unless there is one.
    InsertAnnouncedBoard {
        concert_id: Uuid => SqlUuid,
        announced_at: Timestamp => Timestamptz,
        state: &'static str => Text,
        served: i64 => BigInt,
        last_number: i64 => BigInt,
        departed_up_to: Vec<i64> => Array<BigInt>,
        departed: Vec<i64> => Array<BigInt>,
        available_seats: i64 => BigInt,
    };
    "INSERT INTO announced_boards (concert_id, announced_at, state, served, last_number, departed_up_to, departed,
                                   available_seats)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
}

statement! {
    /// Announces a board in place of the one that was announced as of an instant, unless another one was meanwhile.
    ReplaceAnnouncedBoard {
        announced_at: Timestamp => Timestamptz,
        state: &'static str => Text,
        served: i64 => BigInt,
        last_number: i64 => BigInt,
        departed_up_to: Vec<i64> => Array<BigInt>,
        departed: Vec<i64> => Array<BigInt>,
        available_seats: i64 => BigInt,
        concert_id: Uuid => SqlUuid,
        after: Timestamp => Timestamptz,
    };
    "UPDATE announced_boards
     SET announced_at = ?, state = ?, served = ?, last_number = ?, departed_up_to = ?, departed = ?, available_seats = ?
     WHERE concert_id = ? AND announced_at = ?"
}

impl InsertAnnouncedBoard {
    /// The statement that announces this board first.
    pub(crate) fn of(board: &AnnouncedBoard) -> Self {
        Self {
            concert_id: board.concert_id.uuid(),
            announced_at: board.announced_at,
            state: status_column(board.status),
            served: bigint(board.served),
            last_number: bigint(board.last_number),
            departed_up_to: board.departures.iter().map(|sum| bigint(sum.up_to.get())).collect(),
            departed: board.departures.iter().map(|sum| bigint(sum.count)).collect(),
            available_seats: bigint(board.available_seats),
        }
    }

    /// The statement that announces it in place of another one.
    pub(crate) fn after(self, after: Timestamp) -> ReplaceAnnouncedBoard {
        ReplaceAnnouncedBoard {
            announced_at: self.announced_at,
            state: self.state,
            served: self.served,
            last_number: self.last_number,
            departed_up_to: self.departed_up_to,
            departed: self.departed,
            available_seats: self.available_seats,
            concert_id: self.concert_id,
            after,
        }
    }
}

impl TryFrom<AnnouncedBoardRow> for AnnouncedBoard {
    type Error = CorruptRow;

    fn try_from(row: AnnouncedBoardRow) -> Result<Self, CorruptRow> {
        let sum = |(up_to, departed)| -> Result<DepartureSum, CorruptRow> {
            let up_to = Number::new(count("end of a bucket", up_to)?);
            Ok(DepartureSum { up_to, count: count("number of departures", departed)? })
        };
        Ok(Self {
            concert_id: ConcertId::new(row.concert_id),
            announced_at: row.announced_at,
            status: status(&row.state)?,
            served: count("number served", row.served)?,
            last_number: count("last number", row.last_number)?,
            departures: row
                .departed_up_to
                .into_iter()
                .zip(row.departed)
                .map(sum)
                .collect::<Result<_, _>>()?,
            available_seats: count("number of free seats", row.available_seats)?,
        })
    }
}
