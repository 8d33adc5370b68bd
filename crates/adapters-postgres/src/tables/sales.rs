use diesel::sql_types::{Array, BigInt, Bool, Numeric, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::SalesOfPerformance;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, count};
use super::seat_counts::blocked_seats;
use crate::statement::{arrays, row, statement};

row! {
    /// The numbers of a performance's seats by state, and what was paid for them and refunded.
    SalesRow as sales_columns {
        performance_id: Uuid => SqlUuid,
        starts_at: Timestamp => Timestamptz,
        available: i64 => BigInt = "performance.total_seats - blocked.seats - owned.held - owned.sold",
        held: i64 => BigInt = "owned.held",
        sold: i64 => BigInt = "owned.sold",
        blocked: i64 => BigInt = "blocked.seats",
        revenue: Decimal => Numeric = "owned.revenue",
        refunded: Decimal => Numeric = "refunded.points",
        cancelled: bool => Bool = "performance.cancelled_at IS NOT NULL",
        checked_in: i64 => BigInt = "used.tickets",
    }
}

statement! {
    /// Reads what was sold of performances.
    FindSales { performance_id: Vec<Uuid> => Array<SqlUuid> } -> SalesRow;
    "SELECT ", sales_columns!(performance), "
     FROM ", arrays!(named: performance_id), "
     JOIN performances AS performance ON performance.performance_id = named.performance_id
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE owner.state = 'HELD') AS held,
                count(*) FILTER (WHERE owner.state = 'SOLD') AS sold,
                coalesce(sum(owner.price) FILTER (WHERE owner.state = 'SOLD'), 0) AS revenue
         FROM reservation_seats AS owner
         WHERE owner.performance_id = performance.performance_id AND owner.live
           AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp())
     ) AS owned
     CROSS JOIN LATERAL (
         SELECT coalesce(sum(refund.amount), 0) AS points FROM refunds AS refund
         WHERE refund.performance_id = performance.performance_id
     ) AS refunded
     CROSS JOIN LATERAL (
         SELECT count(*) AS tickets FROM check_ins WHERE check_ins.performance_id = performance.performance_id
     ) AS used
     ", blocked_seats!()
}

impl TryFrom<SalesRow> for SalesOfPerformance {
    type Error = CorruptRow;

    fn try_from(row: SalesRow) -> Result<Self, CorruptRow> {
        let sales = Self {
            performance_id: PerformanceId::new(row.performance_id),
            starts_at: row.starts_at,
            available: count("number of free seats", row.available)?,
            held: count("number of held seats", row.held)?,
            sold: count("number of sold seats", row.sold)?,
            blocked: count("number of blocked seats", row.blocked)?,
            revenue: amount("revenue", row.revenue)?,
            refunded: amount("points refunded", row.refunded)?,
            cancelled: false,
            checked_in: count("number of check-ins", row.checked_in)?,
        };
        Ok(if row.cancelled { sales.of_cancelled() } else { sales })
    }
}
