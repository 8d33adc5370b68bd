use std::time::{Duration, Instant};

use seatline_domain::invariant::{Invariant, Violation};

use crate::failure::Failure;
use crate::pool::{Lease, now};
use crate::statement::statement;

/// The longest that one look may take, on however much data.
const PATIENCE: Duration = Duration::from_hours(1);

/// Turns a transaction into a snapshot, with plans for reading much.
const SNAPSHOT: &str = "
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = '1h';
    SET LOCAL enable_seqscan = on;
    SET LOCAL enable_hashjoin = on;
    SET LOCAL enable_mergejoin = on;
    SET LOCAL enable_bitmapscan = on;
    SET LOCAL enable_material = on;";

/// Defines the statements that look for rows that break an invariant. Each gives up to a hundred subjects.
macro_rules! inspections {
    ($($name:ident $invariant:ident $($text:expr),+;)*) => {
        $(statement! {
            #[doc = concat!("Rows that break ", stringify!($invariant), ".")]
            $name {} -> String;
            $($text),+
        })*

        async fn inspect(lease: &mut Lease) -> Result<Vec<Violation>, Failure> {
            let mut violations = Vec::new();
            $({
                let started = Instant::now();
                let subjects = lease.load($name {}).await?;
                let (invariant, milliseconds) = (Invariant::$invariant, started.elapsed().as_millis());
                tracing::info!(%invariant, broken = subjects.len(), milliseconds, "looked for {}", stringify!($name));
                let violation = |subject| Violation { invariant: Invariant::$invariant, subject };
                violations.extend(subjects.into_iter().map(violation));
            })*
            Ok(violations)
        }
    };
}

inspections! {
    SeatsWithSeveralOwners I1 "
        SELECT format('seat %s of performance %s has %s owners', seat_number, performance_id, count(*))
        FROM reservation_seats WHERE live
        GROUP BY performance_id, seat_number HAVING count(*) > 1 LIMIT 100";
    OwnersWithoutReservation I1 "
        SELECT format('seat %s of performance %s is %s by reservation %s, which is %s', owner.seat_number,
                      owner.performance_id, owner.state, owner.reservation_id, coalesce(reservation.state, 'missing'))
        FROM reservation_seats AS owner
        LEFT JOIN performances AS performance ON performance.performance_id = owner.performance_id
        LEFT JOIN reservations AS reservation ON reservation.user_id = owner.user_id
             AND reservation.reservation_id = owner.reservation_id AND reservation.concert_id = performance.concert_id
        WHERE owner.state = 'SOLD' AND reservation.state IS DISTINCT FROM 'PAID'
           OR owner.state = 'HELD' AND reservation.state IS DISTINCT FROM 'HELD' LIMIT 100";
    PaidWithoutSeats I1 "
        WITH refunded AS (
            SELECT refund.user_id, refund.payment_id, number
            FROM refunds AS refund CROSS JOIN LATERAL unnest(refund.seat_numbers) AS seat(number)
        )
        SELECT format('reservation %s is paid and does not own all its seats that were not refunded',
                      paid.reservation_id)
        FROM reservations AS paid
        WHERE paid.state = 'PAID' AND (
            NOT EXISTS (SELECT FROM reservation_seats AS seat WHERE seat.performance_id = paid.performance_id
                        AND seat.reservation_id = paid.reservation_id AND seat.state = 'SOLD')
            OR EXISTS (SELECT FROM reservation_seats AS seat
                       LEFT JOIN refunded ON refunded.user_id = paid.user_id
                            AND refunded.payment_id = paid.payment_id AND refunded.number = seat.seat_number
                       WHERE seat.performance_id = paid.performance_id
                       AND seat.reservation_id = paid.reservation_id
                       AND seat.state <> CASE WHEN refunded.number IS NULL THEN 'SOLD' ELSE 'RELEASED' END)) LIMIT 100";
    BalancesOffTheLedger I2 "
        SELECT format('wallet %s has %s, its ledger sums up to %s in %s of %s entries', wallet.user_id, wallet.balance,
                      coalesce(ledger.total, 0), coalesce(ledger.entries, 0), wallet.entries)
        FROM wallets AS wallet
        LEFT JOIN (SELECT user_id, sum(amount) AS total, count(*) AS entries FROM ledger_entries GROUP BY user_id)
             AS ledger ON ledger.user_id = wallet.user_id
        WHERE wallet.balance <> coalesce(ledger.total, 0) OR wallet.entries <> coalesce(ledger.entries, 0)
           OR wallet.balance < 0 LIMIT 100";
    PaidWithoutPayment I3 "
        SELECT format('reservation %s is %s and its payment does not fit', reservation.reservation_id,
                      reservation.state)
        FROM reservations AS reservation
        LEFT JOIN payments AS payment ON payment.user_id = reservation.user_id
             AND payment.reservation_id = reservation.reservation_id
        WHERE reservation.state IN ('PAID', 'REFUNDED')
              AND (payment.payment_id IS DISTINCT FROM reservation.payment_id
                   OR payment.amount IS DISTINCT FROM reservation.amount)
           OR reservation.state NOT IN ('PAID', 'REFUNDED') AND payment.payment_id IS NOT NULL LIMIT 100";
    PaymentsWithoutDebit I3 "
        SELECT format('payment %s has %s debits of %s in all, its amount is %s', payment.payment_id, count(entry.*),
                      coalesce(sum(entry.amount), 0), payment.amount)
        FROM payments AS payment
        LEFT JOIN ledger_entries AS entry ON entry.user_id = payment.user_id
             AND entry.reference_id = payment.payment_id AND entry.kind = 'PAYMENT'
        GROUP BY payment.user_id, payment.payment_id
        HAVING count(entry.*) <> 1 OR sum(entry.amount) <> -payment.amount LIMIT 100";
    DebitsWithoutPayment I3 "
        SELECT format('ledger entry %s debits for a payment that does not exist', entry.entry_id)
        FROM ledger_entries AS entry
        LEFT JOIN payments AS payment ON payment.user_id = entry.user_id
             AND payment.payment_id = entry.reference_id
        WHERE entry.kind = 'PAYMENT' AND payment.payment_id IS NULL LIMIT 100";
    PaymentsAfterExpiry I4 "
        SELECT format('payment %s was made at %s, its hold expired at %s', payment.payment_id, payment.paid_at,
                      reservation.expires_at)
        FROM payments AS payment
        JOIN reservations AS reservation ON reservation.user_id = payment.user_id
             AND reservation.reservation_id = payment.reservation_id
        WHERE payment.paid_at >= reservation.expires_at OR payment.paid_at < reservation.held_at LIMIT 100";
    SeatsHeldByEndedReservations I5 "
        SELECT format('seat %s of performance %s is held until %s, its reservation until %s', owner.seat_number,
                      owner.performance_id, owner.held_until, reservation.expires_at)
        FROM reservation_seats AS owner
        JOIN reservations AS reservation ON reservation.user_id = owner.user_id
             AND reservation.reservation_id = owner.reservation_id
        WHERE owner.held_until <> reservation.expires_at LIMIT 100";
    StatesOffTheArrows I6 "
        SELECT format('reservation %s is %s since %s, held from %s to %s', reservation_id, state, ended_at, held_at,
                      expires_at)
        FROM reservations
        WHERE state = 'CANCELLED' AND ended_at >= expires_at OR state = 'EXPIRED' AND ended_at < expires_at
           OR ended_at < held_at LIMIT 100";
    KeysWithoutEffect I7 "
        SELECT format('idempotency key of user %s (%s) has no effect %s', recorded.user_id, recorded.operation,
                      recorded.reference_id)
        FROM idempotency_keys AS recorded
        WHERE NOT CASE
            WHEN recorded.operation = 'CHARGE' THEN EXISTS (SELECT FROM ledger_entries AS entry WHERE entry.user_id = recorded.user_id
                                       AND entry.entry_id = recorded.reference_id AND entry.kind = 'CHARGE')
            WHEN recorded.operation = 'HOLD' THEN EXISTS (SELECT FROM reservations AS held WHERE held.user_id = recorded.user_id
                                     AND held.reservation_id = recorded.reference_id)
            WHEN recorded.operation = 'PAY' THEN EXISTS (SELECT FROM payments AS payment WHERE payment.user_id = recorded.user_id
                                    AND payment.payment_id = recorded.reference_id)
            WHEN recorded.operation = 'REGISTER' THEN recorded.recorded_at <= clock_timestamp() - interval '24 hours'
                                 OR EXISTS (SELECT FROM users WHERE users.user_id = recorded.reference_id)
            WHEN recorded.operation = 'REFUND' THEN EXISTS (SELECT FROM refunds AS refund
                                    WHERE refund.refund_id = recorded.reference_id)
            WHEN recorded.operation = 'CREDIT' THEN EXISTS (SELECT FROM credits AS credit
                                    WHERE credit.entry_id = recorded.reference_id)
            WHEN recorded.operation = 'CREATE_CHARGE' THEN EXISTS (SELECT FROM charges AS begun
                                    WHERE begun.charge_id = recorded.reference_id)
            WHEN recorded.operation = 'CHECK_IN'
                THEN EXISTS (SELECT FROM check_ins AS check_in WHERE check_in.check_in_id = recorded.reference_id)
            WHEN recorded.operation IN ('PERFORMANCE', 'CHANGE_PERFORMANCE', 'CHANGE_SECTION', 'CHANGE_SEATS',
                                        'CANCEL_PERFORMANCE')
                THEN EXISTS (SELECT FROM performances AS performance
                             WHERE performance.performance_id = recorded.reference_id)
            WHEN recorded.operation IN ('WEBHOOK', 'CHANGE_WEBHOOK')
                THEN EXISTS (SELECT FROM webhooks WHERE webhooks.webhook_id = recorded.reference_id)
            -- The event may have been removed since.
            WHEN recorded.operation = 'REPLAY_DELIVERY' THEN true
            -- A place in line is known by its concert, which the request names, and its number.
            WHEN recorded.operation = 'JOIN'
                THEN EXISTS (SELECT FROM passes WHERE passes.concert_id = substr(recorded.fingerprint, 6)::uuid
                             AND passes.number = ('x' || right(replace(recorded.reference_id::text, '-', ''), 16))::bit(64)::bigint
                             AND passes.user_id = recorded.user_id)
            WHEN recorded.operation = 'OPERATOR_KEY'
                THEN EXISTS (SELECT FROM operator_keys AS made WHERE made.key_id = recorded.reference_id)
            ELSE EXISTS (SELECT FROM concerts AS concert WHERE concert.concert_id = recorded.reference_id)
        END LIMIT 100";
    EffectsWithSeveralKeys I7 "
        SELECT format('%s %s was made by %s idempotency keys', operation, reference_id, count(*))
        FROM idempotency_keys
        WHERE created GROUP BY operation, reference_id, CASE operation WHEN 'JOIN' THEN fingerprint END
        HAVING count(*) > 1 LIMIT 100";
    AdmittedBeyondCapacity I8 "
        WITH capacity AS (
            SELECT concert_id, at, (after ->> 'capacity')::bigint AS people,
                   lead(at, 1, 'infinity') OVER (PARTITION BY concert_id ORDER BY sequence) AS until
            FROM audit_entries WHERE action IN ('CONCERT_ADDED', 'QUEUE_CHANGED')
        ), step AS (
            SELECT concert_id, admitted_at AS at, 1 AS change FROM passes WHERE admitted_at IS NOT NULL
            UNION ALL
            SELECT concert_id, ended_at, -1 FROM passes WHERE admitted_at IS NOT NULL AND ended_at IS NOT NULL
        ), active AS (
            SELECT concert_id, at, max(change) AS change,
                   sum(sum(change)) OVER (PARTITION BY concert_id ORDER BY at) AS active
            FROM step GROUP BY concert_id, at
        )
        SELECT format('%s people were active in the room of concert %s at %s', active, concert_id, at)
        FROM active
        WHERE change > 0 AND active > (
            SELECT max(people) FROM capacity
            WHERE capacity.concert_id = active.concert_id AND active.at BETWEEN capacity.at AND capacity.until) LIMIT 100";
    ServedOutOfOrder I9 "
        SELECT format('number %s of concert %s waits although number %s was served', pass.number, pass.concert_id,
                      room.now_serving)
        FROM passes AS pass
        JOIN waiting_rooms AS room ON room.concert_id = pass.concert_id
        WHERE pass.state = 'WAITING' AND pass.number <= room.now_serving
              AND (pass.number <= room.line_written_up_to OR pass.number > room.line_ended_up_to
                   OR room.line_ended_up_to IS NULL)
           OR pass.admitted_at IS NOT NULL AND pass.number > room.now_serving LIMIT 100";
    EndedWithoutTheLine I9 "
        SELECT format('number %s of concert %s ended with the line, which ended up to %s', pass.number,
                      pass.concert_id, room.line_ended_up_to)
        FROM passes AS pass
        JOIN waiting_rooms AS room ON room.concert_id = pass.concert_id
        WHERE pass.state = 'ENDED'
              AND (pass.number > coalesce(room.line_ended_up_to, 0) OR pass.admitted_at IS NOT NULL) LIMIT 100";
    AdmittedOutOfOrder I9 "
        SELECT format('number %s of concert %s was admitted at %s, before a lower one', number, concert_id, admitted_at)
        FROM (SELECT concert_id, number, admitted_at,
                     max(admitted_at) OVER (PARTITION BY concert_id ORDER BY number
                                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest_before
              FROM passes WHERE admitted_at IS NOT NULL) AS admitted
        WHERE admitted_at < latest_before LIMIT 100";
    NumbersNotDense I9 "
        SELECT format('the room of concert %s gave out %s numbers after %s up to %s, its last is %s; %s wait, it says %s',
                      room.concert_id, coalesce(pass.total, 0), room.removed_up_to,
                      coalesce(pass.highest, room.removed_up_to), room.last_number, coalesce(pass.waiting, 0),
                      room.waiting)
        FROM waiting_rooms AS room
        LEFT JOIN (SELECT passes.concert_id, count(*) AS total, min(number) AS lowest, max(number) AS highest,
                          count(*) FILTER (WHERE passes.state = 'WAITING'
                                           AND number > coalesce(line_ended_up_to, 0)) AS waiting
                   FROM passes JOIN waiting_rooms ON waiting_rooms.concert_id = passes.concert_id
                   GROUP BY passes.concert_id) AS pass ON pass.concert_id = room.concert_id
        WHERE coalesce(pass.total, 0) <> room.last_number - room.removed_up_to
           OR coalesce(pass.highest, room.removed_up_to) <> room.last_number OR pass.lowest <= room.removed_up_to
           OR coalesce(pass.waiting, 0) <> room.waiting LIMIT 100";
    PaidWithActivePass I10 "
        SELECT format('pass %s of concert %s is active although its user paid in that turn', pass.number,
                      pass.concert_id)
        FROM passes AS pass
        JOIN reservations AS paid ON paid.concert_id = pass.concert_id AND paid.user_id = pass.user_id
             AND paid.state = 'PAID'
        WHERE pass.state = 'ACTIVE' AND paid.ended_at >= pass.admitted_at LIMIT 100";
    TooManySeats I11 "
        WITH highest AS (
            SELECT concert.concert_id, greatest(concert.max_seats_per_user, max(changed.seats)) AS seats
            FROM concerts AS concert
            LEFT JOIN LATERAL (
                SELECT (before ->> 'maxSeatsPerUser')::integer AS seats FROM audit_entries
                WHERE audit_entries.concert_id = concert.concert_id AND action = 'CONCERT_CHANGED'
            ) AS changed ON true
            GROUP BY concert.concert_id
        )
        SELECT format('user %s has %s seats of concert %s, allowed were never more than %s', mine.user_id, count(*),
                      mine.concert_id, highest.seats)
        FROM reservations AS mine
        JOIN reservation_seats AS seat ON seat.performance_id = mine.performance_id
             AND seat.reservation_id = mine.reservation_id AND seat.live
        JOIN highest ON highest.concert_id = mine.concert_id
        WHERE mine.state = 'PAID' OR mine.state = 'HELD' AND mine.expires_at > ", now!(), "
        GROUP BY mine.user_id, mine.concert_id, highest.seats
        HAVING count(*) > highest.seats LIMIT 100";
    HalfReservations I12 "
        SELECT format('reservation %s has %s seats for %s points, its amount is %s', reservation.reservation_id,
                      count(seat.*), coalesce(sum(seat.price), 0), reservation.amount)
        FROM reservations AS reservation
        LEFT JOIN reservation_seats AS seat ON seat.performance_id = reservation.performance_id
             AND seat.reservation_id = reservation.reservation_id
        GROUP BY reservation.user_id, reservation.reservation_id, reservation.amount
        HAVING count(seat.*) = 0 OR sum(seat.price) <> reservation.amount LIMIT 100";
    RowsInAnotherCell I12 "
        SELECT format('%s of concert %s is in %s, not in cell %s', what, concerts.concert_id, schema, concerts.cell)
        FROM (
            SELECT DISTINCT placed.concert_id, relname AS what, pg_namespace.oid AS place, nspname AS schema FROM (
                SELECT concert_id, tableoid FROM waiting_rooms
                UNION ALL SELECT concert_id, tableoid FROM passes
                UNION ALL SELECT concert_id, tableoid FROM reservations
                UNION ALL SELECT performances.concert_id, seats.tableoid FROM seats JOIN performances USING (performance_id)
                UNION ALL SELECT performances.concert_id, owner.tableoid
                          FROM reservation_seats AS owner JOIN performances USING (performance_id)
            ) AS placed
            JOIN pg_catalog.pg_class ON pg_class.oid = placed.tableoid
            JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_class.relnamespace
        ) AS places
        JOIN concerts ON concerts.concert_id = places.concert_id
        WHERE CASE concerts.cell
                  WHEN 0 THEN place <> (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'cells'::regclass)
                  ELSE schema::text <> 'cell_' || concerts.cell
              END LIMIT 100";
    UsersWithoutWallet I12 "
        SELECT format('user %s has no wallet', users.user_id)
        FROM users LEFT JOIN wallets ON wallets.user_id = users.user_id WHERE wallets.user_id IS NULL LIMIT 100";
    LedgersOffTheirChain I13 "
        SELECT format('ledger entry %s of user %s does not follow from the one before it', sequence, user_id)
        FROM (SELECT user_id, sequence, amount, balance_after,
                     lag(balance_after, 1, 0::numeric) OVER wallet AS balance_before,
                     row_number() OVER wallet AS place
              FROM ledger_entries WINDOW wallet AS (PARTITION BY user_id ORDER BY sequence)) AS entry
        WHERE balance_after <> balance_before + amount OR sequence <> place LIMIT 100";
    TotalsThatDiffer I13 "
        SELECT format('balances sum up to %s, the ledger to %s, charges and credits less payments and debits to %s',
                      wallet.total, entry.total, entry.given - payment.total + refund.total)
        FROM (SELECT coalesce(sum(balance), 0) AS total FROM wallets) AS wallet,
             (SELECT coalesce(sum(amount), 0) AS total,
                     coalesce(sum(amount) FILTER (WHERE kind IN ('CHARGE', 'CREDIT', 'DEBIT')), 0) AS given
              FROM ledger_entries) AS entry,
             (SELECT coalesce(sum(amount), 0) AS total FROM payments) AS payment,
             (SELECT coalesce(sum(amount), 0) AS total FROM refunds) AS refund
        WHERE wallet.total <> entry.total OR wallet.total <> entry.given - payment.total + refund.total";
    CreditsWithoutRecord I13 "
        SELECT format('ledger entry %s of user %s is a %s that no operator made', entry.entry_id, entry.user_id,
                      entry.kind)
        FROM ledger_entries AS entry
        LEFT JOIN credits AS credit ON credit.user_id = entry.user_id AND credit.sequence = entry.sequence
             AND credit.entry_id = entry.entry_id
        WHERE entry.kind IN ('CREDIT', 'DEBIT') AND credit.entry_id IS NULL LIMIT 100";
    RefundsBeyondPayment I14 "
        SELECT format('payment %s is %s, of its %s points for %s seats %s points for %s seats were refunded',
                      payment.payment_id, payment.state, payment.amount, cardinality(payment.seat_numbers),
                      coalesce(refund.points, 0), coalesce(refund.seats, 0))
        FROM payments AS payment
        LEFT JOIN (SELECT user_id, payment_id, sum(amount) AS points, sum(cardinality(seat_numbers)) AS seats
                   FROM refunds GROUP BY user_id, payment_id) AS refund
             ON refund.user_id = payment.user_id AND refund.payment_id = payment.payment_id
        WHERE refund.points > payment.amount
           OR payment.state <> CASE WHEN refund.seats IS NULL THEN 'COMPLETED'
                                    WHEN refund.seats < cardinality(payment.seat_numbers) THEN 'PARTIALLY_REFUNDED'
                                    ELSE 'REFUNDED' END
           OR payment.state = 'REFUNDED' AND refund.points <> payment.amount LIMIT 100";
    RefundsOfWrongSeats I14 "
        SELECT format('seat %s was refunded %s times of payment %s, which bought seats %s', seat.number, count(*),
                      refund.payment_id, payment.seat_numbers)
        FROM refunds AS refund
        CROSS JOIN LATERAL unnest(refund.seat_numbers) AS seat(number)
        LEFT JOIN payments AS payment ON payment.user_id = refund.user_id AND payment.payment_id = refund.payment_id
        GROUP BY refund.user_id, refund.payment_id, seat.number, payment.seat_numbers
        HAVING count(*) > 1 OR seat.number <> ALL (coalesce(payment.seat_numbers, '{}')) LIMIT 100";
    RefundsWithoutEntry I14 "
        SELECT format('refund %s of payment %s has %s ledger entries of %s in all, its amount is %s', refund.refund_id,
                      refund.payment_id, count(entry.*), coalesce(sum(entry.amount), 0), refund.amount)
        FROM refunds AS refund
        LEFT JOIN ledger_entries AS entry ON entry.user_id = refund.user_id AND entry.entry_id = refund.entry_id
             AND entry.reference_id = refund.payment_id AND entry.kind = 'REFUND'
        GROUP BY refund.user_id, refund.payment_id, refund.sequence
        HAVING count(entry.*) <> 1 OR sum(entry.amount) <> refund.amount LIMIT 100";
    EntriesWithoutRefund I14 "
        SELECT format('ledger entry %s gives back %s points by no refund', entry.entry_id, entry.amount)
        FROM ledger_entries AS entry
        LEFT JOIN refunds AS refund ON refund.user_id = entry.user_id AND refund.entry_id = entry.entry_id
        WHERE entry.kind = 'REFUND' AND refund.refund_id IS NULL LIMIT 100";
    SoldAfterCancellation I15 "
        SELECT format('reservation %s was held at %s and paid at %s, its performance was cancelled at %s',
                      reservation.reservation_id, reservation.held_at, payment.paid_at, performance.cancelled_at)
        FROM performances AS performance
        JOIN reservations AS reservation ON reservation.performance_id = performance.performance_id
        LEFT JOIN payments AS payment ON payment.user_id = reservation.user_id
             AND payment.reservation_id = reservation.reservation_id
        WHERE reservation.held_at > performance.cancelled_at OR payment.paid_at > performance.cancelled_at LIMIT 100";
    OwedAfterRefunds I15 "
        SELECT format('payment %s is owed although all refunds of performance %s were done at %s', paid.payment_id,
                      performance.performance_id, performance.refunded_at)
        FROM performances AS performance
        JOIN reservations AS paid ON paid.performance_id = performance.performance_id AND paid.state = 'PAID'
        WHERE performance.refunded_at IS NOT NULL LIMIT 100";
    PaidChargesWithoutEntry I18 "
        SELECT format('charge %s of user %s is paid, and has no ledger entry of its %s points', charge.charge_id,
                      charge.user_id, charge.amount)
        FROM charges AS charge
        LEFT JOIN ledger_entries AS entry ON entry.user_id = charge.user_id AND entry.entry_id = charge.entry_id
             AND entry.kind = 'CHARGE' AND entry.reference_id = charge.charge_id AND entry.amount = charge.amount
        WHERE charge.state = 'PAID' AND entry.entry_id IS NULL LIMIT 100";
    EntriesWithoutPaidCharge I18 "
        SELECT format('ledger entry %s of user %s credits charge %s, which did not make it', entry.entry_id,
                      entry.user_id, entry.reference_id)
        FROM ledger_entries AS entry
        LEFT JOIN charges AS charge ON charge.charge_id = entry.reference_id AND charge.user_id = entry.user_id
             AND charge.state = 'PAID' AND charge.entry_id = entry.entry_id
        WHERE entry.kind = 'CHARGE' AND entry.reference_id IS NOT NULL AND charge.charge_id IS NULL LIMIT 100";
    EntriesWithoutMoney I18 "
        WITH period AS (
            SELECT mode, since, lead(since, 1, 'infinity') OVER (ORDER BY sequence) AS until FROM charging_modes
        )
        SELECT format('ledger entry %s of user %s adds %s points by no charge, while SEATLINE_PAYMENTS was %s',
                      entry.entry_id, entry.user_id, entry.amount, period.mode)
        FROM ledger_entries AS entry
        JOIN period ON entry.created_at >= period.since AND entry.created_at < period.until
        WHERE entry.kind = 'CHARGE' AND entry.reference_id IS NULL AND period.mode <> 'play' LIMIT 100";
    BlockedSeatsWithOwner I17 "
        SELECT format('seat %s of performance %s is blocked and %s by reservation %s', seat.number,
                      seat.performance_id, owner.state, owner.reservation_id)
        FROM seats AS seat
        JOIN reservation_seats AS owner ON owner.performance_id = seat.performance_id
             AND owner.seat_number = seat.number AND owner.live
        WHERE seat.blocked AND (owner.state = 'SOLD' OR owner.held_until > ", now!(), ") LIMIT 100";
    CheckInsWithoutTicket I16 "
        SELECT format('ticket %s.%s was checked in at %s, and was %s', check_in.reservation_id, check_in.seat_number,
                      check_in.checked_in_at, coalesce(lower(reservation.state), 'never reserved'))
        FROM check_ins AS check_in
        LEFT JOIN reservation_seats AS reserved ON reserved.performance_id = check_in.performance_id
             AND reserved.reservation_id = check_in.reservation_id AND reserved.seat_number = check_in.seat_number
        LEFT JOIN reservations AS reservation ON reservation.user_id = reserved.user_id
             AND reservation.reservation_id = reserved.reservation_id
        LEFT JOIN payments AS payment ON payment.user_id = reserved.user_id
             AND payment.reservation_id = reserved.reservation_id
        WHERE payment.payment_id IS NULL OR check_in.checked_in_at < payment.paid_at
           OR check_in.checked_in_at > (SELECT cancelled_at FROM performances
                                         WHERE performances.performance_id = check_in.performance_id)
           OR EXISTS (SELECT FROM refunds AS refund
                      WHERE refund.user_id = payment.user_id AND refund.payment_id = payment.payment_id
                        AND check_in.seat_number = ANY (refund.seat_numbers)
                        AND check_in.checked_in_at > refund.refunded_at) LIMIT 100";
    DeliveriesThatWaitForNothing I19 "
        SELECT format('the delivery of event %s to webhook %s waits for nothing', waiting.position, waiting.webhook_id)
        FROM deliveries AS waiting
        WHERE waiting.state = 'PENDING' AND waiting.next_attempt_at IS NULL
              AND NOT EXISTS (SELECT FROM deliveries AS earlier
                              WHERE earlier.webhook_id = waiting.webhook_id AND earlier.subject = waiting.subject
                                    AND earlier.state = 'PENDING' AND earlier.position < waiting.position) LIMIT 100";
    EventsBeyondTheFeed I19 "
        SELECT format('event %s has the place %s, the last one given out is %s', event_id, position, last_position)
        FROM events, event_feed WHERE position > last_position LIMIT 100";
}

/// Looks for rows that break an invariant, in a transaction that has just begun.
pub(crate) async fn violations(lease: &mut Lease) -> Result<Vec<Violation>, Failure> {
    lease.be_patient(PATIENCE);
    lease.batch(SNAPSHOT).await?;
    inspect(lease).await
}
