#!/usr/bin/env bash
# Compares two ways of storing who has a seat: rows of their own (`reservation_seats`, as it is) and columns of the seat.
# Two connections hold 100,000 seats in batches of fifty and pay for them, with the statements of the lanes; then a
# performance of 20,000 seats is counted and read.
#
#   crates/benchmarks/trials/seat-owner.sh postgres://postgres@localhost
#
# The URL is that of a server, without a database, whose role may create databases. What docs/adr/0019 says came from it.
set -euo pipefail
cd "$(dirname "$0")/../../.."
server=${1:?the URL of a server, without a database}
run() { psql -qX -v ON_ERROR_STOP=1 "$server/$1" "${@:2}"; }
trap 'for name in present columns trial; do run postgres -c "DROP DATABASE IF EXISTS seat_owner_$name WITH (FORCE)" 2>/dev/null; done' EXIT

data() {
    cat <<'SQL'
INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user)
VALUES ('00000000-0000-7000-8000-000000000001', 'T', 'V', 'Asia/Seoul', 100);
CREATE TABLE perf AS SELECT i, gen_random_uuid() AS id FROM generate_series(0, 99) i;
INSERT INTO performances (performance_id, concert_id, date, starts_at, total_seats, price_from, price_to)
SELECT id, '00000000-0000-7000-8000-000000000001', '2099-01-01', '2099-01-01', 1000, 1, 1 FROM perf;
INSERT INTO seats (performance_id, number, section, price)
SELECT id, n, 'Floor', 1 FROM perf, generate_series(1, 1000) n ORDER BY i, n;
CREATE TABLE person AS
SELECT n, gen_random_uuid() AS u, gen_random_uuid() AS r, gen_random_uuid() AS p FROM generate_series(1, 100000) n;
INSERT INTO wallets SELECT u, 10, 1 FROM person ORDER BY n;
INSERT INTO passes (concert_id, number, user_id, state, issued_at, admitted_at, expires_at, ends_by)
SELECT '00000000-0000-7000-8000-000000000001', n, u, 'ACTIVE', now(), now(), now() + '10m', now() + '30m'
FROM person ORDER BY n;
CREATE TABLE batch AS
SELECT (n - 1) / 50 AS b, array_agg(u ORDER BY n) AS us, array_agg(r ORDER BY n) AS rs, array_agg(p ORDER BY n) AS ps,
       array_agg(n::bigint ORDER BY n) AS ns, array_agg(perf.id ORDER BY n) AS fs,
       array_agg(((n - 1) / 100 + 1)::int ORDER BY n) AS ss
FROM person JOIN perf ON perf.i = (n - 1) % 100 GROUP BY 1;
CREATE UNIQUE INDEX ON batch (b);
CREATE SEQUENCE hold_batches MINVALUE 0;
CREATE SEQUENCE pay_batches MINVALUE 0;
SQL
}

# The statements of a batch: $1 is "present" or "columns".
functions() {
    local read_seats="" read_owners="" count_bought insert_reservations take sell
    if [ "$1" = present ]; then
        read_seats="PERFORM reserved.*, seat.section FROM unnest(x.fs, x.rs) AS named(f, r)
            JOIN reservation_seats AS reserved ON reserved.performance_id = named.f AND reserved.reservation_id = named.r
            JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number;"
        read_owners="PERFORM o.* FROM unnest(x.fs, x.ss) AS n(f, s) CROSS JOIN LATERAL (
            SELECT * FROM reservation_seats WHERE performance_id = n.f AND seat_number = n.s AND live LIMIT 1) o;"
        count_bought="SELECT performance_id, reservation_id FROM reservations
            WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'PAID' OFFSET 0) paid
            CROSS JOIN LATERAL (SELECT count(*) FROM reservation_seats
            WHERE performance_id = paid.performance_id AND reservation_id = paid.reservation_id"
        insert_reservations="INSERT INTO reservations SELECT c, r, f, u, 1, 'HELD', t, t + '5m', NULL, NULL
            FROM unnest(x.rs, x.fs, x.us) AS n(r, f, u);"
        take="INSERT INTO reservation_seats
            (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
            SELECT f, r, s, u, 1, 'HELD', t + '5m' FROM unnest(x.fs, x.rs, x.ss, x.us) AS n(f, r, s, u);"
        sell="UPDATE reservation_seats AS o SET state = 'SOLD' FROM unnest(x.fs, x.rs, x.ss) AS n(f, r, s)
            WHERE o.performance_id = n.f AND o.reservation_id = n.r AND o.seat_number = n.s AND o.state = 'HELD';"
    else
        echo "ALTER TABLE seats ADD owner_reservation_id uuid, ADD owner_user_id uuid, ADD held_until timestamptz,
            ADD sold boolean NOT NULL DEFAULT false;
            ALTER TABLE seats SET (fillfactor = 50);
            ALTER TABLE reservations ADD seat_numbers int[], ADD prices numeric(19, 2)[], ADD sections text[];
            VACUUM FULL seats;"
        count_bought="SELECT cardinality(seat_numbers) FROM reservations
            WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'PAID'"
        insert_reservations="INSERT INTO reservations SELECT c, r, f, u, 1, 'HELD', t, t + '5m', NULL, NULL, ARRAY[s],
            ARRAY[1.00], ARRAY['Floor'] FROM unnest(x.rs, x.fs, x.us, x.ss) AS n(r, f, u, s);"
        take="UPDATE seats AS o SET owner_reservation_id = n.r, owner_user_id = n.u, held_until = t + '5m'
            FROM unnest(x.fs, x.ss, x.rs, x.us) AS n(f, s, r, u) WHERE o.performance_id = n.f AND o.number = n.s;"
        sell="UPDATE seats AS o SET sold = true, held_until = NULL FROM unnest(x.fs, x.ss, x.rs) AS n(f, s, r)
            WHERE o.performance_id = n.f AND o.number = n.s AND o.owner_reservation_id = n.r;"
    fi
    local declare="DECLARE x batch; i int; t timestamptz; cs uuid[]; c uuid := '00000000-0000-7000-8000-000000000001'; BEGIN"
    local lock_passes="cs := array_fill(c, ARRAY[50]);
        PERFORM pass.* FROM (SELECT * FROM unnest(cs, x.ns) AS n(concert_id, number) ORDER BY 1, 2) AS n
        CROSS JOIN LATERAL (
            SELECT * FROM passes WHERE concert_id = n.concert_id AND number = n.number FOR UPDATE) pass;"
    local lock_seats="PERFORM * FROM seats WHERE (performance_id, number) IN (SELECT * FROM unnest(x.fs, x.ss))
        ORDER BY performance_id, number FOR NO KEY UPDATE;"
    cat <<SQL
CREATE FUNCTION hold() RETURNS void LANGUAGE plpgsql AS \$\$ $declare
    i := nextval('hold_batches'); SELECT * INTO STRICT x FROM batch WHERE b = i; $lock_passes
    PERFORM own.* FROM (
        SELECT h.user_id, h.reservation_id FROM unnest(cs, x.us) AS holder(concert_id, user_id) CROSS JOIN LATERAL (
            SELECT user_id, reservation_id FROM reservations
            WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'HELD' LIMIT 1) h
        ORDER BY 1, 2) w CROSS JOIN LATERAL (
        SELECT * FROM reservations WHERE user_id = w.user_id AND reservation_id = w.reservation_id FOR UPDATE) own;
    $lock_seats $read_owners
    PERFORM b.* FROM unnest(cs, x.us) AS holder(concert_id, user_id) CROSS JOIN LATERAL ($count_bought) b;
    t := clock_timestamp(); $insert_reservations $take
END \$\$;
CREATE FUNCTION pay() RETURNS void LANGUAGE plpgsql AS \$\$ $declare
    i := nextval('pay_batches'); SELECT * INTO STRICT x FROM batch WHERE b = i; $lock_passes
    PERFORM own.* FROM (SELECT * FROM unnest(x.us, x.rs) w(user_id, reservation_id) ORDER BY 1, 2) w CROSS JOIN LATERAL (
        SELECT * FROM reservations WHERE user_id = w.user_id AND reservation_id = w.reservation_id FOR UPDATE) own;
    $read_seats $lock_seats
    PERFORM * FROM wallets WHERE user_id = ANY (x.us) ORDER BY user_id FOR UPDATE; $read_owners
    t := clock_timestamp();
    UPDATE passes AS p SET state = 'COMPLETED', ended_at = t FROM unnest(cs, x.ns) AS n(c, i)
    WHERE p.concert_id = n.c AND p.number = n.i;
    UPDATE reservations AS o SET state = 'PAID', payment_id = n.p, ended_at = t
    FROM unnest(x.us, x.rs, x.ps) AS n(u, r, p) WHERE o.user_id = n.u AND o.reservation_id = n.r; $sell
    UPDATE wallets AS w SET balance = 9, entries = 2 FROM unnest(x.us) AS n(u) WHERE w.user_id = n.u;
    INSERT INTO ledger_entries SELECT u, 2, p, 'PAYMENT', -1, 9, p, t FROM unnest(x.us, x.ps) AS n(u, p);
    INSERT INTO payments SELECT u, p, r, 1, 9, 'COMPLETED', t, ARRAY[s]
    FROM unnest(x.us, x.ps, x.rs, x.ss) AS n(u, p, r, s);
END \$\$;
SQL
}

copy() {
    run postgres -c "DROP DATABASE IF EXISTS seat_owner_trial WITH (FORCE)" -c "CREATE DATABASE seat_owner_trial TEMPLATE seat_owner_$1" 2>/dev/null
    run seat_owner_trial -c CHECKPOINT
}

# The reads of one large performance: $1 is the way, $2 how many of its seats are taken.
reads() {
    local big=00000000-0000-7000-8000-0000000000aa some="(SELECT n FROM generate_series(1, 20000) n ORDER BY random() LIMIT $2)"
    copy "$1"
    run seat_owner_trial -c "INSERT INTO performances
        (performance_id, concert_id, date, starts_at, total_seats, price_from, price_to)
        VALUES ('$big', '00000000-0000-7000-8000-000000000001', '2099-01-01', '2099-01-02', 20000, 1, 1)" \
        -c "INSERT INTO seats (performance_id, number, section, price)
        SELECT '$big', n, 'Floor', 1 FROM generate_series(1, 20000) n"
    local count map
    if [ "$1" = present ]; then
        run seat_owner_trial -c "INSERT INTO reservation_seats
            (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
            SELECT '$big', gen_random_uuid(), n, gen_random_uuid(), 1, 'SOLD', now() FROM $some n"
        count="SELECT count(*) FROM reservation_seats WHERE performance_id = '$big' AND live;"
        map="SELECT seat_number, reservation_id, user_id, state, held_until FROM reservation_seats
             WHERE performance_id = '$big' AND live;"
    else
        run seat_owner_trial -c "UPDATE seats SET owner_reservation_id = gen_random_uuid(),
            owner_user_id = gen_random_uuid(), sold = true WHERE performance_id = '$big' AND number IN $some"
        count="SELECT count(*) FROM seats WHERE performance_id = '$big' AND (sold OR held_until > now());"
        map="SELECT number, owner_reservation_id, owner_user_id, held_until, sold FROM seats
             WHERE performance_id = '$big' AND owner_reservation_id IS NOT NULL;"
    fi
    run seat_owner_trial -c "VACUUM ANALYZE"
    for read in count map; do
        echo "$1, $2 of 20,000 taken, $read: $(pgbench -n -M prepared -T 3 -f <(echo "${!read}" | tr '\n' ' ') "$server/seat_owner_trial" 2>/dev/null | grep 'latency average')"
    done
}

for way in present columns; do
    run postgres -c "DROP DATABASE IF EXISTS seat_owner_$way WITH (FORCE)" -c "CREATE DATABASE seat_owner_$way" 2>/dev/null
    for migration in migrations/*/up.sql; do run "seat_owner_$way" -f "$migration" 2>/dev/null; done
    data | run "seat_owner_$way"
    functions "$way" | run "seat_owner_$way"
    run "seat_owner_$way" -c "VACUUM ANALYZE"
done
for round in 1 2 3; do
    for way in present columns; do
        copy "$way"
        for step in hold pay; do
            before=$(run seat_owner_trial -At -c "SELECT pg_current_wal_lsn()")
            rate=$(pgbench -n -M prepared -c 2 -j 2 -t 1000 -f <(echo "SELECT $step();") "$server/seat_owner_trial" 2>/dev/null |
                awk '/tps =/ { print int($3 * 50) }')
            wal=$(run seat_owner_trial -At -c "SELECT round(pg_wal_lsn_diff(pg_current_wal_lsn(), '$before') / 100000)")
            echo "round $round, $way, $step: $rate a second, $wal bytes of WAL each"
        done
    done
done
for way in present columns; do for taken in 200 20000; do reads "$way" "$taken"; done; done
