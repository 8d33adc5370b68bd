use std::collections::{BTreeMap, HashMap};

use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{
    Admission, BoardUpdate, BoardWatermark, Departure, Number, RoomFigures, policy,
};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::postgres::Postgres;
use crate::tables::passes::{
    FindAdmissions, FindDepartures, FindDeparturesAhead, FindLastAdmissions, departure,
};
use crate::tables::{bigint, count, readable};

/// The last number admitted in a room to which a board is new: where the line has ended since an instant, that may still
/// have to be published, and those whom it ended were not admitted.
fn served_by_admission(figures: &RoomFigures, since: Timestamp) -> u64 {
    let line_end = figures.line_end.filter(|end| end.at >= since && end.up_to.get() == figures.now_serving);
    line_end.map_or(figures.now_serving, |end| end.after.get())
}

impl Postgres {
    /// The most numbers that a board which is new to a room goes back for the admissions of the last moments.
    const NUMBERS_BACK_MAX: u64 = 20_000;

    /// Adds the admissions since each room's board was brought up to date, or of the last moments.
    pub(super) async fn add_admissions(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardWatermark>,
        as_of: Timestamp,
    ) -> Result<(), StorageError> {
        let (mut known, mut new) = (
            FindAdmissions { concert_id: Vec::new(), after: Vec::new(), up_to: Vec::new() },
            FindLastAdmissions {
                concert_id: Vec::new(),
                after: Vec::new(),
                up_to: Vec::new(),
                since: as_of - policy::LAST_MOMENTS,
            },
        );
        for update in &mut *rooms {
            let figures = &update.figures;
            let (concert_ids, afters, up_to, after, last) = if let Some(seen) = seen.get(&figures.concert_id)
            {
                let (after, last) = (seen.now_serving, figures.now_serving);
                (&mut known.concert_id, &mut known.after, &mut known.up_to, after, last)
            } else {
                let last = served_by_admission(figures, new.since);
                update.served_before = last;
                let after = last.saturating_sub(Self::NUMBERS_BACK_MAX);
                (&mut new.concert_id, &mut new.after, &mut new.up_to, after, last)
            };
            if last > after {
                concert_ids.push(figures.concert_id.uuid());
                afters.push(bigint(after));
                up_to.push(bigint(last));
            }
        }
        let mut rows = Vec::new();
        if !known.concert_id.is_empty() {
            rows.extend(self.shares.upkeep.load(known).await?);
        }
        if !new.concert_id.is_empty() {
            rows.extend(self.shares.upkeep.load(new).await?);
        }
        let mut steps: HashMap<Uuid, (u64, Vec<Admission>)> = HashMap::new();
        for row in rows {
            let before = count("number of a pass", row.served_before)?;
            let up_to = Number::new(count("number of a pass", row.step.last_number)?);
            let (_, steps) = steps.entry(row.step.concert_id).or_insert((before, Vec::new()));
            steps.push(Admission { up_to, at: row.step.at });
        }
        for update in rooms {
            if let Some((before, admissions)) = steps.remove(&update.figures.concert_id.uuid()) {
                update.served_before = before;
                update.admissions = admissions;
            }
        }
        Ok(())
    }

    /// Adds the departures since each room's board was brought up to date, or all that are ahead of their turn.
    pub(super) async fn add_departures(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardWatermark>,
    ) -> Result<(), StorageError> {
        let (mut known, mut new) = (
            FindDepartures { concert_id: Vec::new(), seen: Vec::new(), served: Vec::new() },
            FindDeparturesAhead { concert_id: Vec::new(), served: Vec::new() },
        );
        for update in &*rooms {
            let concert_id = update.figures.concert_id;
            match seen.get(&concert_id) {
                Some(seen) if update.departures_seen > seen.departures => {
                    known.concert_id.push(concert_id.uuid());
                    known.seen.push(bigint(seen.departures));
                    known.served.push(bigint(update.served_before));
                }
                None if update.departures_seen > 0 => {
                    new.concert_id.push(concert_id.uuid());
                    new.served.push(bigint(update.served_before));
                }
                _ => {}
            }
        }
        let mut rows = Vec::new();
        if !known.concert_id.is_empty() {
            rows.extend(self.shares.upkeep.load(known).await?);
        }
        if !new.concert_id.is_empty() {
            rows.extend(self.shares.upkeep.load(new).await?);
        }
        let mut departed: HashMap<ConcertId, Vec<Departure>> = HashMap::new();
        for (concert_id, departure) in rows.iter().filter_map(|row| readable(departure(row))) {
            departed.entry(concert_id).or_default().push(departure);
        }
        for update in rooms {
            update.departures = departed.remove(&update.figures.concert_id).unwrap_or_default();
            let last = update.departures.last().map_or(0, |last| last.sequence);
            update.departures_seen = update.departures_seen.max(last);
        }
        Ok(())
    }
}
