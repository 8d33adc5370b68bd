use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::audit::OperatorId;
use seatline_domain::id::{CheckInId, PerformanceId, ReservationId};
use seatline_domain::ticket::{CheckIn, GateName, TicketId};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A check-in.
    CheckInRow as check_in_columns {
        performance_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
        check_in_id: Uuid => SqlUuid,
        gate: Option<String> => Nullable<Text>,
        operator: String => Text,
        checked_in_at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the check-ins of tickets. Whoever adds one has locked the reservation.
    FindCheckIns {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
    } -> CheckInRow;
    "SELECT ", check_in_columns!(found), "
     FROM ", arrays!(ticket: performance_id, reservation_id, seat_number), "
     JOIN check_ins AS found ON found.performance_id = ticket.performance_id
          AND found.reservation_id = ticket.reservation_id AND found.seat_number = ticket.seat_number"
}

statement! {
    /// Adds check-ins.
    InsertCheckIns {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
        check_in_id: Vec<Uuid> => Array<SqlUuid>,
        gate: Vec<Option<String>> => Array<Nullable<Text>>,
        operator: Vec<String> => Array<Text>,
        checked_in_at: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO check_ins (", check_in_columns!(), ") SELECT ", check_in_columns!(unnest)
}

impl TryFrom<CheckInRow> for CheckIn {
    type Error = CorruptRow;

    fn try_from(row: CheckInRow) -> Result<Self, CorruptRow> {
        let gate = row.gate.map(|gate| GateName::restore(&gate).map_err(|_| CorruptRow::new("gate", gate)));
        Ok(Self {
            id: CheckInId::new(row.check_in_id),
            performance_id: PerformanceId::new(row.performance_id),
            ticket_id: TicketId {
                reservation_id: ReservationId::new(row.reservation_id),
                seat_number: seat_number(row.seat_number)?,
            },
            gate: gate.transpose()?,
            operator: OperatorId::parse(&row.operator)
                .ok_or_else(|| CorruptRow::new("operator", row.operator))?,
            at: row.checked_in_at,
        })
    }
}

/// Reads the check-ins of the tickets that must be known.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    check_ins: &mut TrackedRows<(PerformanceId, TicketId), CheckIn>,
) -> Result<(), Failure> {
    if footprint.tickets.is_empty() {
        return Ok(());
    }
    let statement = FindCheckIns {
        performance_id: footprint.tickets.iter().map(|(performance_id, _)| performance_id.uuid()).collect(),
        reservation_id: footprint.tickets.iter().map(|(_, ticket)| ticket.reservation_id.uuid()).collect(),
        seat_number: footprint.tickets.iter().map(|(_, ticket)| integer(ticket.seat_number.get())).collect(),
    };
    for row in lease.load(statement).await? {
        let check_in = CheckIn::try_from(row)?;
        check_ins.load((check_in.performance_id, check_in.ticket_id), check_in);
    }
    Ok(())
}

/// Writes the check-ins that were made.
pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let added: Vec<&CheckIn> = set.check_ins.added().collect();
    if added.is_empty() {
        return Ok(());
    }
    let insert = InsertCheckIns {
        performance_id: added.iter().map(|one| one.performance_id.uuid()).collect(),
        reservation_id: added.iter().map(|one| one.ticket_id.reservation_id.uuid()).collect(),
        seat_number: added.iter().map(|one| integer(one.ticket_id.seat_number.get())).collect(),
        check_in_id: added.iter().map(|one| one.id.uuid()).collect(),
        gate: added.iter().map(|one| one.gate.as_ref().map(|gate| gate.as_str().to_owned())).collect(),
        operator: added.iter().map(|one| one.operator.to_string()).collect(),
        checked_in_at: added.iter().map(|one| one.at).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}
