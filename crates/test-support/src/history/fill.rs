use super::Journey;

/// Statements that put so many rows of each kind into the past of a journey, each with what it adds: ended passes of its
/// concert, expired and cancelled reservations of its performance with their seats, charges, and idempotency keys of the
/// last 23 hours, the latter four of its people. What must always hold holds afterwards too.
///
/// * `rows` – of each kind; a multiple of the number of people.
pub fn fill(journey: &Journey, rows: u64) -> Vec<(&'static str, String)> {
    let users: Vec<_> = journey.users.iter().map(|user| format!("'{user}'")).collect();
    let people = format!(
        "people AS (SELECT user_id, place FROM unnest(ARRAY[{}]::uuid[]) WITH ORDINALITY AS one(user_id, place))",
        users.join(",")
    );
    let (count, concert, performance) = (users.len(), journey.concert.id, journey.performance.id);
    // The n-th row is somebody's; ids of the past are lower than any that are given out later.
    let somebody = format!("people ON place = n % {count} + 1");
    let id = |kind: u8| format!("(lpad(to_hex(n), 8, '0') || '-0000-7000-800{kind}-000000000000')::uuid");
    let (reservation_id, entry_id) = (id(1), id(2));
    vec![
        (
            "ended passes",
            format!(
                "WITH {people}, past AS (
                     SELECT n, user_id, last_number + n AS number, departures + n / 10 AS departure,
                            clock_timestamp() - interval '1 millisecond' * ({rows} - n) - interval '1 hour' AS at
                     FROM waiting_rooms, generate_series(1, {rows}) AS n JOIN {somebody}
                     WHERE concert_id = '{concert}'
                 )
                 INSERT INTO passes (concert_id, number, user_id, state, issued_at, admitted_at, expires_at, ended_at,
                                     departure)
                 SELECT '{concert}', number, user_id,
                        CASE WHEN n % 10 = 0 THEN 'LEFT' WHEN n % 2 = 0 THEN 'COMPLETED' ELSE 'EXPIRED' END, at,
                        CASE WHEN n % 10 <> 0 THEN at END, CASE WHEN n % 10 <> 0 THEN at + interval '10 minutes' END,
                        at, CASE WHEN n % 10 = 0 THEN departure END
                 FROM past ORDER BY n;
                 UPDATE waiting_rooms
                 SET last_number = last_number + {rows}, now_serving = last_number + {rows},
                     departures = departures + {rows} / 10
                 WHERE concert_id = '{concert}'"
            ),
        ),
        (
            "expired and cancelled reservations",
            format!(
                "WITH {people}, past AS (
                     SELECT n, user_id, clock_timestamp() - (interval '1 millisecond' * ({rows} - n))
                                        - interval '1 hour' AS at
                     FROM generate_series(1, {rows}) AS n JOIN {somebody}
                 ), reservation AS (
                     INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state,
                                               held_at, expires_at, ended_at)
                     SELECT '{concert}', {reservation_id}, '{performance}', user_id, 100,
                            CASE WHEN n % 5 = 0 THEN 'CANCELLED' ELSE 'EXPIRED' END, at, at + interval '5 minutes',
                            CASE WHEN n % 5 = 0 THEN at ELSE at + interval '5 minutes' END
                     FROM past ORDER BY n
                 )
                 INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state,
                                                held_until)
                 SELECT '{performance}', {reservation_id}, n % 10 + 1, user_id, 100, 'RELEASED',
                        at + interval '5 minutes'
                 FROM past ORDER BY n"
            ),
        ),
        (
            "seats that others have bought elsewhere",
            bought_elsewhere(rows / 10),
        ),
        (
            "ledger entries",
            format!(
                "WITH {people}
                 INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, created_at)
                 SELECT wallet.user_id, wallet.entries + n / {count} + 1, {entry_id}, 'CHARGE', 1,
                        wallet.balance + n / {count} + 1, clock_timestamp() - interval '1 hour'
                 FROM generate_series(0, {rows} - 1) AS n JOIN {somebody} JOIN wallets AS wallet USING (user_id)
                 ORDER BY n;
                 WITH {people}
                 UPDATE wallets SET entries = entries + {rows} / {count}, balance = balance + {rows} / {count}
                 FROM people WHERE people.user_id = wallets.user_id"
            ),
        ),
        (
            "idempotency keys",
            format!(
                "WITH {people}
                 INSERT INTO idempotency_keys (user_id, key, fingerprint, operation, reference_id, created, recorded_at)
                 SELECT user_id, 'history ' || n, 'charge 1', 'CHARGE', {entry_id}, true,
                        clock_timestamp() - interval '23 hours' * (({rows} - n)::float8 / {rows})
                 FROM generate_series(0, {rows} - 1) AS n JOIN {somebody} ORDER BY n"
            ),
        ),
    ]
}

/// Free seats of past performances of another concert, each bought by somebody else.
fn bought_elsewhere(seats: u64) -> String {
    let id = |kind: u8, n: &str| {
        format!("(lpad(to_hex({n}), 8, '0') || '-0000-7000-800{kind}-000000000000')::uuid")
    };
    let (reservation_id, entry_id, payment_id, user_id) = (id(3, "n"), id(4, "n"), id(5, "n"), id(6, "n"));
    let (concert_id, performance_id) = (id(7, "0"), id(8, "n / 100000"));
    let past = "clock_timestamp() - interval '1 day'";
    format!(
        "INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user)
         VALUES ({concert_id}, 'Long Ago', 'The Old Hall', 'Asia/Seoul', 1);
         INSERT INTO performances (performance_id, concert_id, date, starts_at, total_seats, price_from, price_to)
         SELECT DISTINCT {performance_id}, {concert_id}, date '2020-01-01', timestamptz '2020-01-01', 100000, 0, 0
         FROM generate_series(0, {seats} - 1) AS n;
         INSERT INTO seats (performance_id, number, section, price)
         SELECT {performance_id}, n % 100000 + 1, 'General', 0 FROM generate_series(0, {seats} - 1) AS n;
         INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at,
                                   expires_at, payment_id, ended_at)
         SELECT {concert_id}, {reservation_id}, {performance_id}, {user_id}, 0, 'PAID', past,
                past + interval '5 minutes', {payment_id}, past
         FROM generate_series(0, {seats} - 1) AS n, (SELECT {past} AS past) AS once;
         INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
         SELECT {performance_id}, {reservation_id}, n % 100000 + 1, {user_id}, 0, 'SOLD', expires_at
         FROM generate_series(0, {seats} - 1) AS n
         JOIN reservations ON concert_id = {concert_id} AND reservation_id = {reservation_id};
         INSERT INTO payments (user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)
         SELECT {user_id}, {payment_id}, {reservation_id}, 0, 0, 'COMPLETED', {past}, ARRAY[n % 100000 + 1]
         FROM generate_series(0, {seats} - 1) AS n;
         INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at)
         SELECT {user_id}, 1, {entry_id}, 'PAYMENT', 0, 0, {payment_id}, {past}
         FROM generate_series(0, {seats} - 1) AS n"
    )
}
