use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use uuid::Uuid;

use crate::statement::{arrays, row, statement};

row! {
    /// A step of admission: when it was, and the last number that it admitted.
    AdmissionStepRow as admission_step_columns {
        concert_id: Uuid => SqlUuid = "room.concert_id",
        at: Timestamp => Timestamptz,
        last_number: i64 => BigInt,
    }
}

row! {
    /// A step of admission, and the number that its room served before the first of these steps.
    AdmissionRow as admission_columns {
        ..step: AdmissionStepRow as admission_step_columns,
        served_before: i64 => BigInt,
    }
}

statement! {
    /// Reads the admissions of rooms after a number, oldest first, for boards that know those before.
    FindAdmissions {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
    } -> AdmissionRow;
    "SELECT ", admission_step_columns!(step), ", room.after AS served_before
     FROM ", arrays!(room: concert_id, after, up_to), "
     CROSS JOIN LATERAL (
         SELECT admitted_at AS at, max(number) AS last_number FROM passes
         WHERE concert_id = room.concert_id AND number > room.after AND number <= room.up_to
               AND admitted_at IS NOT NULL
         GROUP BY admitted_at
     ) AS step
     ORDER BY room.concert_id, step.at"
}

statement! {
    /// Reads the admissions of rooms since an instant, oldest first, for boards that are new to them. Goes back from the
    /// last number admitted, one by one, and no further than it must: what lies before is history. Between two admissions
    /// are only those who left, who still waited at instants that may have to be announced.
    FindLastAdmissions {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
        since: Timestamp => Timestamptz,
    } -> AdmissionRow;
    "SELECT ", admission_step_columns!(step), ", coalesce(
         (SELECT number FROM passes
          WHERE concert_id = room.concert_id AND number > room.after AND number < step.first_number
                AND admitted_at IS NOT NULL ORDER BY number DESC LIMIT 1),
         (SELECT number - 1 FROM passes
          WHERE concert_id = room.concert_id AND number > room.after ORDER BY number LIMIT 1)
     ) AS served_before
     FROM ", arrays!(room: concert_id, after, up_to), "
     CROSS JOIN (SELECT ? AS since) AS bound
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
             WHERE admitted.admitted_at >= bound.since
         )
         SELECT admitted_at AS at, min(number) AS first_number, max(number) AS last_number FROM admitted
         WHERE admitted_at >= bound.since GROUP BY admitted_at
     ) AS step
     ORDER BY room.concert_id, step.at"
}
