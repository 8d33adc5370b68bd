use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use seatline_domain::ticket::{ListedTicket, Ticket, TicketHolder, TicketId, TicketPlace, TicketStanding};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::seat_number;
use crate::statement::{row, statement};

row! {
    /// A ticket as its user sees it.
    TicketRow as ticket_columns {
        reservation_id: Uuid => SqlUuid = "reserved.reservation_id",
        seat_number: i32 => Integer = "reserved.seat_number",
        payment_id: Uuid => SqlUuid = "paid.payment_id",
        concert_id: Uuid => SqlUuid = "concert.concert_id",
        title: String => Text = "concert.title",
        venue: String => Text = "concert.venue",
        performance_id: Uuid => SqlUuid = "performance.performance_id",
        starts_at: Timestamp => Timestamptz = "performance.starts_at",
        section: String => Text = "seat.section",
        is_sold: bool => Bool = "reserved.state = 'SOLD'",
        is_cancelled: bool => Bool = "performance.cancelled_at IS NOT NULL",
        checked_in_at: Option<Timestamp> => Nullable<Timestamptz> = "check_in.checked_in_at",
        as_of: Timestamp => Timestamptz = crate::pool::now!(),
    }
}

row! {
    /// A ticket on the list of a gate.
    ListedTicketRow as listed_ticket_columns {
        reservation_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
        section: String => Text = "seat.section",
        name: Option<String> => Nullable<Text> = "owner.name",
        is_sold: bool => Bool = "sold.state = 'SOLD'",
        is_cancelled: bool => Bool = "performance.cancelled_at IS NOT NULL",
        checked_in_at: Option<Timestamp> => Nullable<Timestamptz> = "check_in.checked_in_at",
    }
}

row! {
    /// Finds the user of a ticket, and where its seat is.
    TicketHolderRow as ticket_holder_columns {
        concert_id: Uuid => SqlUuid = "performance.concert_id",
        user_id: Uuid => SqlUuid = "reserved.user_id",
        name: Option<String> => Nullable<Text> = "owner.name",
        section: String => Text = "seat.section",
    }
}

/// What else there is of the seat of a paid reservation.
macro_rules! seat_of_ticket {
    () => {
        "JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number
         LEFT JOIN check_ins AS check_in ON check_in.performance_id = reserved.performance_id
              AND check_in.reservation_id = reserved.reservation_id AND check_in.seat_number = reserved.seat_number"
    };
}

statement! {
    /// Reads one page of a user's tickets: those after one of them, or all. Of the newest payments, so many as are looked
    /// at, those that come next are taken, each with one ticket at least, and then their seats.
    FindTicketsAfter {
        user_id: Uuid => SqlUuid,
        after_start: Option<Timestamp> => Nullable<Timestamptz>,
        after_reservation_id: Option<Uuid> => Nullable<SqlUuid>,
        after_seat: i32 => Integer,
        payments_looked_at: i64 => BigInt,
        payments_limit: i64 => BigInt,
        limit: i64 => BigInt,
    } -> TicketRow;
    "WITH page AS (
         SELECT ? AS user_id, coalesce(?, '-infinity') AS after_start, ? AS after_reservation_id, ? AS after_seat
     ), last AS (
         SELECT page.*, coalesce(performance.sequence, 0) AS after_sequence,
                coalesce(payment.paid_at, '-infinity') AS after_paid_at,
                coalesce(payment.payment_id, '00000000-0000-0000-0000-000000000000') AS after_payment_id
         FROM page
         LEFT JOIN payments AS payment ON payment.user_id = page.user_id
              AND payment.reservation_id = page.after_reservation_id
         LEFT JOIN reservations AS reservation ON reservation.user_id = page.user_id
              AND reservation.reservation_id = page.after_reservation_id
         LEFT JOIN performances AS performance ON performance.performance_id = reservation.performance_id
     )
     SELECT ", ticket_columns!(), "
     FROM last
     CROSS JOIN LATERAL (
         SELECT newest.*, reservation.performance_id, performance.starts_at, performance.sequence
         FROM (
             SELECT user_id, payment_id, reservation_id, paid_at FROM payments
             WHERE user_id = last.user_id ORDER BY paid_at DESC, payment_id DESC LIMIT ?
         ) AS newest
         JOIN reservations AS reservation ON reservation.user_id = newest.user_id
              AND reservation.reservation_id = newest.reservation_id
         JOIN performances AS performance ON performance.performance_id = reservation.performance_id
         WHERE (performance.starts_at, performance.sequence, newest.paid_at, newest.payment_id)
               >= (last.after_start, last.after_sequence, last.after_paid_at, last.after_payment_id)
         ORDER BY performance.starts_at, performance.sequence, newest.paid_at, newest.payment_id LIMIT ?
     ) AS paid
     JOIN performances AS performance ON performance.performance_id = paid.performance_id
     JOIN concerts AS concert ON concert.concert_id = performance.concert_id
     JOIN reservation_seats AS reserved ON reserved.performance_id = paid.performance_id
          AND reserved.reservation_id = paid.reservation_id
     ", seat_of_ticket!(), "
     WHERE (paid.starts_at, paid.sequence, paid.paid_at, paid.payment_id, reserved.seat_number)
           > (last.after_start, last.after_sequence, last.after_paid_at, last.after_payment_id, last.after_seat)
     ORDER BY paid.starts_at, paid.sequence, paid.paid_at, paid.payment_id, reserved.seat_number LIMIT ?"
}

statement! {
    /// Reads one ticket of a user.
    FindTicket {
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
    } -> TicketRow;
    "SELECT ", ticket_columns!(), "
     FROM (SELECT ? AS user_id, ? AS reservation_id, ? AS seat_number) AS ticket
     JOIN reservations AS paid ON paid.user_id = ticket.user_id AND paid.reservation_id = ticket.reservation_id
     JOIN performances AS performance ON performance.performance_id = paid.performance_id
     JOIN concerts AS concert ON concert.concert_id = performance.concert_id
     JOIN reservation_seats AS reserved ON reserved.performance_id = paid.performance_id
          AND reserved.reservation_id = paid.reservation_id AND reserved.seat_number = ticket.seat_number
     ", seat_of_ticket!(), "
     WHERE paid.payment_id IS NOT NULL"
}

statement! {
    /// Reads one page of the tickets of a performance by seat number: of the seats that somebody has, those that are sold.
    FindTicketsOfPerformance {
        performance_id: Uuid => SqlUuid,
        after_seat: i32 => Integer,
        limit: i64 => BigInt,
    } -> ListedTicketRow;
    "SELECT ", listed_ticket_columns!(sold), "
     FROM (
         SELECT * FROM reservation_seats
         WHERE performance_id = ? AND seat_number > ? AND live AND state = 'SOLD' ORDER BY seat_number LIMIT ?
     ) AS sold
     JOIN performances AS performance ON performance.performance_id = sold.performance_id
     JOIN seats AS seat ON seat.performance_id = sold.performance_id AND seat.number = sold.seat_number
     JOIN users AS owner ON owner.user_id = sold.user_id
     LEFT JOIN check_ins AS check_in ON check_in.performance_id = sold.performance_id
          AND check_in.reservation_id = sold.reservation_id AND check_in.seat_number = sold.seat_number
     ORDER BY sold.seat_number"
}

statement! {
    /// Reads whose the seat of a reservation is or was.
    FindTicketHolder {
        performance_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
    } -> TicketHolderRow;
    "SELECT ", ticket_holder_columns!(), "
     FROM reservation_seats AS reserved
     JOIN performances AS performance ON performance.performance_id = reserved.performance_id
     JOIN users AS owner ON owner.user_id = reserved.user_id
     JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number
     WHERE reserved.performance_id = ? AND reserved.reservation_id = ? AND reserved.seat_number = ?"
}

fn ticket_id(reservation_id: Uuid, number: i32) -> Result<TicketId, CorruptRow> {
    Ok(TicketId { reservation_id: ReservationId::new(reservation_id), seat_number: seat_number(number)? })
}

const fn standing(is_sold: bool, is_cancelled: bool, checked_in_at: Option<Timestamp>) -> TicketStanding {
    TicketStanding { is_sold, is_cancelled, is_checked_in: checked_in_at.is_some() }
}

impl TryFrom<TicketRow> for Ticket {
    type Error = CorruptRow;

    fn try_from(row: TicketRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            id: ticket_id(row.reservation_id, row.seat_number)?,
            payment_id: PaymentId::new(row.payment_id),
            concert_id: ConcertId::new(row.concert_id),
            title: row.title,
            venue: row.venue,
            performance_id: PerformanceId::new(row.performance_id),
            starts_at: row.starts_at,
            place: TicketPlace::in_section(row.section),
            state: standing(row.is_sold, row.is_cancelled, row.checked_in_at).state(),
            checked_in_at: row.checked_in_at,
            as_of: row.as_of,
        })
    }
}

impl TryFrom<ListedTicketRow> for ListedTicket {
    type Error = CorruptRow;

    fn try_from(row: ListedTicketRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            id: ticket_id(row.reservation_id, row.seat_number)?,
            place: TicketPlace::in_section(row.section),
            name: row.name,
            state: standing(row.is_sold, row.is_cancelled, row.checked_in_at).state(),
            checked_in_at: row.checked_in_at,
        })
    }
}

impl From<TicketHolderRow> for TicketHolder {
    fn from(row: TicketHolderRow) -> Self {
        Self {
            concert_id: ConcertId::new(row.concert_id),
            user_id: UserId::new(row.user_id),
            name: row.name,
            place: TicketPlace::in_section(row.section),
        }
    }
}
