use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Admission, BoardUpdate, BoardWatermark, Departure, Number, policy};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::statement::statement;
use crate::tables::{count, position};

/// `concert_id`, when, the last number admitted then, and the last one admitted before.
type AdmissionRow = (Uuid, Timestamp, i64, i64);

/// `concert_id`, `departure`, `number`, `ended_at`.
type DepartureRow = (Uuid, i64, i64, Timestamp);

statement! {
    /// Admissions of rooms after a number, oldest first.
    FindAdmissions {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
    } -> AdmissionRow = (SqlUuid, Timestamptz, BigInt, BigInt);
    "SELECT room.concert_id, step.at, step.last_number, room.after
     FROM unnest(?, ?, ?) AS room(concert_id, after, up_to)
     CROSS JOIN LATERAL (
         SELECT admitted_at AS at, max(number) AS last_number FROM passes
         WHERE concert_id = room.concert_id AND number > room.after AND number <= room.up_to
               AND admitted_at IS NOT NULL
         GROUP BY admitted_at
     ) AS step
     ORDER BY room.concert_id, step.at"
}

statement! {
    /// Admissions of rooms since an instant, as above, for boards that are new to them. Goes back from the last number
    /// admitted, one by one, and no further than it must: what lies before is history. Between two admissions are only
    /// those who left, who still waited at instants that may have to be announced.
    FindLastAdmissions {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
        since: Timestamp => Timestamptz,
    } -> AdmissionRow = (SqlUuid, Timestamptz, BigInt, BigInt);
    "SELECT room.concert_id, step.at, step.last_number, coalesce(
         (SELECT number FROM passes
          WHERE concert_id = room.concert_id AND number > room.after AND number < step.first_number
                AND admitted_at IS NOT NULL ORDER BY number DESC LIMIT 1),
         (SELECT number - 1 FROM passes
          WHERE concert_id = room.concert_id AND number > room.after ORDER BY number LIMIT 1)
     )
     FROM unnest(?, ?, ?) AS room(concert_id, after, up_to)
     CROSS JOIN (SELECT ? AS instant) AS since
     CROSS JOIN LATERAL (
         WITH RECURSIVE admitted AS (
             (SELECT number, admitted_at FROM passes
              WHERE concert_id = room.concert_id AND number > room.after AND number <= room.up_to
                    AND admitted_at IS NOT NULL ORDER BY number DESC LIMIT 1)
             UNION ALL
             SELECT before.number, before.admitted_at FROM admitted
             CROSS JOIN LATERAL (
                 SELECT number, admitted_at FROM passes
                 WHERE concert_id = room.concert_id AND number > room.after AND number < admitted.number
                       AND admitted_at IS NOT NULL ORDER BY number DESC LIMIT 1
             ) AS before
             WHERE admitted.admitted_at >= since.instant
         )
         SELECT admitted_at AS at, min(number) AS first_number, max(number) AS last_number FROM admitted
         WHERE admitted_at >= since.instant GROUP BY admitted_at
     ) AS step
     ORDER BY room.concert_id, step.at"
}

statement! {
    /// Departures of rooms of numbers beyond those served, as below, for boards that are new to them. The rows are found
    /// by number: those who left before their number was passed long ago are not looked at.
    FindDeparturesAhead {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        served: Vec<i64> => Array<BigInt>,
    } -> DepartureRow = (SqlUuid, BigInt, BigInt, Timestamptz);
    "SELECT room.concert_id, gone.departure, gone.number, gone.ended_at
     FROM unnest(?, ?) AS room(concert_id, served)
     CROSS JOIN LATERAL (
         SELECT departure, number, ended_at FROM passes
         WHERE concert_id = room.concert_id AND number > room.served AND departure IS NOT NULL
               AND ended_at IS NOT NULL
         ORDER BY number
     ) AS gone
     ORDER BY room.concert_id, gone.departure"
}

statement! {
    /// Departures of rooms after the ones that were seen, of numbers beyond those served. The number is compared so that
    /// no index on it seems to serve: the rows are found by departure.
    FindDepartures {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        seen: Vec<i64> => Array<BigInt>,
        served: Vec<i64> => Array<BigInt>,
    } -> DepartureRow = (SqlUuid, BigInt, BigInt, Timestamptz);
    "SELECT room.concert_id, gone.departure, gone.number, gone.ended_at
     FROM unnest(?, ?, ?) AS room(concert_id, seen, served)
     CROSS JOIN LATERAL (
         SELECT departure, number, ended_at FROM passes
         WHERE concert_id = room.concert_id AND departure > room.seen AND number + 0 > room.served
               AND ended_at IS NOT NULL
         ORDER BY departure
     ) AS gone
     ORDER BY room.concert_id, gone.departure"
}

impl Postgres {
    /// How many numbers back a board that is new to a room looks at most for the admissions of the last moments.
    const LOOK_BACK: u64 = 20_000;

    /// Adds what was admitted since each room's board was brought up to date, or in the last moments.
    pub(super) async fn add_admissions(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardWatermark>,
        as_of: Timestamp,
    ) -> Result<(), StorageError> {
        let (mut known, mut new) = (
            FindAdmissions { concert_ids: Vec::new(), after: Vec::new(), up_to: Vec::new() },
            FindLastAdmissions {
                concert_ids: Vec::new(),
                after: Vec::new(),
                up_to: Vec::new(),
                since: as_of - policy::LAST_MOMENTS,
            },
        );
        for figures in rooms.iter().map(|update| &update.figures) {
            let (concert_ids, afters, up_to, after) = match seen.get(&figures.concert_id) {
                Some(seen) => (&mut known.concert_ids, &mut known.after, &mut known.up_to, seen.now_serving),
                None => (
                    &mut new.concert_ids,
                    &mut new.after,
                    &mut new.up_to,
                    figures.now_serving.saturating_sub(Self::LOOK_BACK),
                ),
            };
            if figures.now_serving > after {
                concert_ids.push(figures.concert_id.uuid());
                afters.push(position(after));
                up_to.push(position(figures.now_serving));
            }
        }
        let mut rows = Vec::new();
        if !known.concert_ids.is_empty() {
            rows.extend(self.monitoring_pool.load(known).await?);
        }
        if !new.concert_ids.is_empty() {
            rows.extend(self.monitoring_pool.load(new).await?);
        }
        let mut steps: HashMap<Uuid, (u64, Vec<Admission>)> = HashMap::new();
        for (concert_id, at, up_to, before) in rows {
            let before = count("number of a pass", before)?;
            let up_to = Number::new(count("number of a pass", up_to)?);
            let (_, steps) = steps.entry(concert_id).or_insert((before, Vec::new()));
            steps.push(Admission { up_to, at });
        }
        for update in rooms {
            if let Some((before, admissions)) = steps.remove(&update.figures.concert_id.uuid()) {
                update.served_before = before;
                update.admissions = admissions;
            }
        }
        Ok(())
    }

    /// Adds who left since each room's board was brought up to date, or who left ahead of their turn.
    pub(super) async fn add_departures(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardWatermark>,
    ) -> Result<(), StorageError> {
        let (mut known, mut new) = (
            FindDepartures { concert_ids: Vec::new(), seen: Vec::new(), served: Vec::new() },
            FindDeparturesAhead { concert_ids: Vec::new(), served: Vec::new() },
        );
        for update in &*rooms {
            let concert_id = update.figures.concert_id;
            match seen.get(&concert_id) {
                Some(seen) if update.departures_seen > seen.departures => {
                    known.concert_ids.push(concert_id.uuid());
                    known.seen.push(position(seen.departures));
                    known.served.push(position(update.served_before));
                }
                None if update.departures_seen > 0 => {
                    new.concert_ids.push(concert_id.uuid());
                    new.served.push(position(update.served_before));
                }
                _ => {}
            }
        }
        let mut rows = Vec::new();
        if !known.concert_ids.is_empty() {
            rows.extend(self.monitoring_pool.load(known).await?);
        }
        if !new.concert_ids.is_empty() {
            rows.extend(self.monitoring_pool.load(new).await?);
        }
        let mut departed: HashMap<Uuid, Vec<Departure>> = HashMap::new();
        for (concert_id, sequence, number, at) in rows {
            let number = Number::new(count("number of a pass", number)?);
            let departure = Departure { sequence: count("departure", sequence)?, number, at };
            departed.entry(concert_id).or_default().push(departure);
        }
        for update in rooms {
            update.departures = departed.remove(&update.figures.concert_id.uuid()).unwrap_or_default();
            let last = update.departures.last().map_or(0, |last| last.sequence);
            update.departures_seen = update.departures_seen.max(last);
        }
        Ok(())
    }
}
