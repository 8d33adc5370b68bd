use std::collections::BTreeMap;
use std::time::Instant;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::QueueReader;
use seatline_domain::queue::{
    BoardNews, BoardUpdate, BoardWatermark, ClosedRoom, Number, PassAt, RoomFigures,
};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;

use crate::pool::{CommitWatermark, time_of_read};
use crate::postgres::Postgres;
use crate::tables::waiting_rooms::{FiguresRow, FindBusyRooms, FindClosedRooms};
use crate::tables::{CorruptRow, readable};

#[async_trait]
impl QueueReader for Postgres {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        self.cells.of(concert_id).await?.passes_by_number.get((concert_id, number)).await
    }

    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        self.figures_by_concert.get(concert_id).await
    }

    async fn seats_left(&self, concert_id: ConcertId) -> Result<Option<SeatsLeft>, StorageError> {
        self.seats_left_by_concert.get(concert_id).await
    }

    async fn closed_rooms(&self, keep: TimeDelta, limit: u16) -> Result<Vec<ClosedRoom>, StorageError> {
        let lease = self.shares.browsing.lease().await?;
        let started_by = time_of_read(&lease).await? - keep;
        let rows = lease.load(FindClosedRooms { started_by, limit: limit.into() }).await?;
        Ok(rows.into_iter().map(ClosedRoom::from).collect())
    }

    async fn news(&self, seen: BTreeMap<ConcertId, BoardWatermark>) -> Result<BoardNews, StorageError> {
        let started = Instant::now();
        let watermark = self.shares.upkeep.load_one(CommitWatermark {}).await?;
        let read_within = started.elapsed();
        let watermark = watermark.ok_or_else(|| StorageError::missing("the time"))?;
        self.shares.clock().look_at(watermark.now);
        let concert_id = seen.keys().map(|concert_id| concert_id.uuid()).collect();
        let counted = self.active_counts.counted();
        let statement = FindBusyRooms {
            concert_id,
            counted: counted.keys().map(|concert_id| concert_id.uuid()).collect(),
        };
        let rows = self.shares.upkeep.load(statement).await?;
        let mut rooms: Vec<_> =
            rows.into_iter().filter_map(|row| readable(read_update(row, &seen))).collect();
        self.active_counts.complete(rooms.iter_mut().map(|update| &mut update.figures), &counted);
        self.metrics.rooms.observe(rooms.iter().map(|update| &update.figures));
        self.add_admissions(&mut rooms, &seen, watermark.read_at).await?;
        self.add_departures(&mut rooms, &seen).await?;
        Ok(BoardNews {
            read_at: watermark.read_at,
            read_within,
            complete_until: watermark.complete_until,
            rooms,
        })
    }
}

/// A room's update, to which its admissions and departures are still to be added.
fn read_update(
    row: FiguresRow,
    seen: &BTreeMap<ConcertId, BoardWatermark>,
) -> Result<BoardUpdate, CorruptRow> {
    let departures_seen = row.departures()?;
    let figures = RoomFigures::try_from(row)?;
    let served_before = seen.get(&figures.concert_id).map_or(figures.now_serving, |seen| seen.now_serving);
    Ok(BoardUpdate {
        figures,
        served_before,
        admissions: Vec::new(),
        departures: Vec::new(),
        departures_seen,
    })
}
