#!/usr/bin/env bash
# Measures how long each migration takes on a database with many rows, and how long those who hold and pay wait for it.
# The schema is brought to a state, filled with rows of that state, and brought on, a migration at a time as the service
# does it, while somebody holds a seat and pays for it every 50 ms.
#
#   crates/benchmarks/trials/migrations.sh postgres://postgres@localhost [ROWS [FIRST]]
#
# The URL is that of a server, without a database, whose role may create databases; `psql` and `pgbench` must be there.
# ROWS (a million) is how many reservations there are, FIRST (20) the first migration that is measured. Ends with 1 when
# one of them kept somebody waiting for longer than a second.
set -euo pipefail
cd "$(dirname "$0")/../../.."
server=${1:?the URL of a server, without a database} rows=${2:-1000000} first=${3:-20}
url=$server/migrations_trial folder=$(mktemp -d)
run() { psql -qX -v ON_ERROR_STOP=1 "$@"; }
finish() {
    [ -z "${probe:-}" ] || kill "$probe" 2>/dev/null || true
    run "$server/postgres" -c "DROP DATABASE IF EXISTS migrations_trial WITH (FORCE)"
    rm -rf "$folder"
}
trap finish EXIT

number() { basename "$1" | sed -E 's/^0*([0-9]+)_.*/\1/'; }
run "$server/postgres" -c "DROP DATABASE IF EXISTS migrations_trial WITH (FORCE)" -c "CREATE DATABASE migrations_trial"
for migration in migrations/*/; do
    [ "$(number "$migration")" -ge "$first" ] || run -1 "$url" -f "$migration/up.sql" 2>/dev/null
done

echo "filling $rows reservations, with all that belongs to them"
run "$url" -v rows="$rows" <<'SQL'
INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user)
VALUES ('00000000-0000-7000-8000-000000000001', 'T', 'V', 'Asia/Seoul', 100);
INSERT INTO waiting_rooms (concert_id, capacity, pass_ttl_ms, show_up_within_ms, state, last_number, now_serving)
VALUES ('00000000-0000-7000-8000-000000000001', 100, 60000, 60000, 'OPEN', :rows, :rows);
CREATE TABLE trial_performances AS
SELECT i, gen_random_uuid() AS id FROM generate_series(0, (:rows + 99999) / 10000) i;
INSERT INTO performances (performance_id, concert_id, date, starts_at, total_seats, price_from, price_to)
SELECT id, '00000000-0000-7000-8000-000000000001', '2099-01-01', '2099-01-01', 10000, 5, 5 FROM trial_performances;
INSERT INTO seats (performance_id, number, section, price)
SELECT id, n, 'Floor', 5 FROM trial_performances, generate_series(1, 10000) n ORDER BY i, n;
CREATE UNLOGGED TABLE person AS
SELECT n, gen_random_uuid() AS u, gen_random_uuid() AS r, gen_random_uuid() AS p FROM generate_series(1, :rows) n;
INSERT INTO users (user_id, token_hash) SELECT u, sha256(u::text::bytea) FROM person;
INSERT INTO wallets SELECT u, 5, 2 FROM person;
INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at)
SELECT u, 1, gen_random_uuid(), 'CHARGE', 10, 10, NULL, now() FROM person
UNION ALL SELECT u, 2, p, 'PAYMENT', -5, 5, p, now() FROM person;
INSERT INTO passes (concert_id, number, user_id, state, issued_at, admitted_at, expires_at, ended_at)
SELECT '00000000-0000-7000-8000-000000000001', n, u, 'COMPLETED', now(), now(), now() + '10m', now() FROM person;
INSERT INTO reservations
    (concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at, payment_id, ended_at)
SELECT '00000000-0000-7000-8000-000000000001', r, id, u, 5, 'PAID', now(), now() + '5m', p, now()
FROM person JOIN trial_performances ON i = (n - 1) / 10000;
INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
SELECT id, r, (n - 1) % 10000 + 1, u, 5, 'SOLD', now() + '5m'
FROM person JOIN trial_performances ON i = (n - 1) / 10000;
INSERT INTO payments (user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)
SELECT u, p, r, 5, 5, 'COMPLETED', now(), ARRAY[(n - 1) % 10000 + 1] FROM person;
INSERT INTO idempotency_keys (user_id, key, fingerprint, operation, reference_id, created, recorded_at)
SELECT u, 'key', 'pay', 'PAY', p, true, now() FROM person;
CREATE SEQUENCE trial_seats MINVALUE 0 MAXVALUE 89999;
DROP TABLE person;
VACUUM ANALYZE;
CHECKPOINT;
SQL

# Somebody who charges, holds and pays, in the order in which batches come to the tables.
cat > "$folder/probe.sql" <<SQL
SELECT gen_random_uuid() AS u, gen_random_uuid() AS r, gen_random_uuid() AS p, nextval('trial_seats') AS n,
    (SELECT id FROM trial_performances WHERE i = (SELECT max(i) FROM trial_performances) - currval('trial_seats') / 10000)
    AS f \gset
BEGIN;
SELECT balance FROM wallets WHERE user_id = ':u' FOR UPDATE;
INSERT INTO wallets VALUES (':u', 5, 1);
INSERT INTO ledger_entries VALUES (':u', 1, gen_random_uuid(), 'CHARGE', 5, 5, NULL, now());
COMMIT;
BEGIN;
SELECT state, capacity FROM waiting_rooms WHERE concert_id = '00000000-0000-7000-8000-000000000001';
SELECT price, blocked FROM seats WHERE performance_id = ':f' AND number = :n % 10000 + 1 FOR UPDATE;
SELECT key FROM idempotency_keys WHERE user_id = ':u' AND key = 'hold';
SELECT starts_at, price_from FROM performances WHERE performance_id = ':f';
INSERT INTO reservations
    (concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at)
VALUES ('00000000-0000-7000-8000-000000000001', ':r', ':f', ':u', 5, 'HELD', now(), now() + '5m');
INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
VALUES (':f', ':r', :n % 10000 + 1, ':u', 5, 'HELD', now() + '5m');
INSERT INTO idempotency_keys VALUES (':u', 'hold', 'hold', 'HOLD', ':r', true, now());
COMMIT;
BEGIN;
SELECT amount FROM reservations WHERE user_id = ':u' AND reservation_id = ':r' FOR UPDATE;
SELECT balance FROM wallets WHERE user_id = ':u' FOR UPDATE;
SELECT payment_id FROM payments WHERE user_id = ':u' AND reservation_id = ':r';
SELECT key FROM idempotency_keys WHERE user_id = ':u' AND key = 'pay';
SELECT starts_at FROM performances WHERE performance_id = ':f';
UPDATE reservations SET state = 'PAID', payment_id = ':p', ended_at = now() WHERE user_id = ':u' AND reservation_id = ':r';
UPDATE reservation_seats SET state = 'SOLD'
WHERE performance_id = ':f' AND reservation_id = ':r' AND seat_number = :n % 10000 + 1;
UPDATE wallets SET balance = 0, entries = 2 WHERE user_id = ':u';
INSERT INTO ledger_entries VALUES (':u', 2, ':p', 'PAYMENT', -5, 0, ':p', now());
INSERT INTO payments VALUES (':u', ':p', ':r', 5, 0, 'COMPLETED', now(), ARRAY[:n % 10000 + 1]);
INSERT INTO idempotency_keys VALUES (':u', 'pay', 'pay', 'PAY', ':p', true, now());
COMMIT;
SQL

now_ms() { date +%s%3N; }
# Runs a migration, if one is named, while somebody holds and pays; says how long it took, and how long they did at most.
measure() {
    local name=$1 from to
    rm -f "$folder"/probe.log.*
    (cd "$folder" && exec pgbench -n -f probe.sql -R 20 -c 4 -j 1 -T 10 --log --log-prefix=probe.log "$url" >pgbench.out 2>&1) &
    probe=$!
    sleep 3
    from=$(now_ms)
    # Tried again as the service does it.
    until [ -z "${2:-}" ] || { echo "SET lock_timeout = '1s';"; cat "$2/up.sql"; } | run -1 "$url"; do
        sleep 2
        from=$(now_ms)
    done
    to=$(now_ms)
    wait "$probe" || { cat "$folder/pgbench.out" >&2; exit 2; }
    probe=
    waited=$(cat "$folder"/probe.log.* | awk '$3 > most { most = $3 } END { printf "%.0f", most / 1000 }')
    printf '%-28s %10s %12s\n' "$name" $((to - from)) "$waited"
    worst=$((waited > worst ? waited : worst))
}

worst=0
printf '%-28s %10s %12s\n' migration 'took ms' 'waited ms'
measure none
for migration in migrations/*/; do
    [ "$(number "$migration")" -ge "$first" ] || continue
    measure "$(number "$migration") $(basename "$migration" | cut -d_ -f2-)" "$migration"
done
[ "$worst" -le 1000 ] || { echo "longer than a second" >&2; exit 1; }
