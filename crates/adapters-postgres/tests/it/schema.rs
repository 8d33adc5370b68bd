//! The diagram of `docs/schema.md` is the schema that the migrations make.

use std::collections::BTreeSet;
use std::path::Path;

use crate::fixture::migrated;

/// Relations that no foreign key enforces: what refers, by which columns, how often, to what. `seatline check` proves them.
const UNENFORCED: [(&str, &str, &str, &str); 41] = [
    ("wallets", "user_id", "||..||", "users"),
    ("idle_accounts", "user_id", "||..o|", "users"),
    ("ledger_entries", "user_id", "||..o{", "wallets"),
    ("ledger_entries", "reference_id", "|o..o{", "payments"),
    ("passes", "concert_id", "||..o{", "waiting_rooms"),
    ("passes", "user_id", "|o..o{", "users"),
    ("reservations", "concert_id", "||..o{", "concerts"),
    ("reservations", "performance_id", "||..o{", "performances"),
    ("reservations", "user_id", "||..o{", "users"),
    ("reservations", "payment_id", "|o..||", "payments"),
    ("reservation_seats", "performance_id_and_seat_number", "||..o{", "seats"),
    ("reservation_seats", "reservation_id", "||..|{", "reservations"),
    ("reservation_seats", "user_id", "||..o{", "users"),
    ("payments", "user_id", "||..o{", "users"),
    ("payments", "reservation_id", "||..o|", "reservations"),
    ("refunds", "user_id", "||..o{", "users"),
    ("refunds", "payment_id", "||..o{", "payments"),
    ("refunds", "entry_id", "||..||", "ledger_entries"),
    ("refunds", "performance_id", "||..o{", "performances"),
    ("credits", "user_id", "||..o{", "wallets"),
    ("credits", "entry_id", "||..o|", "ledger_entries"),
    ("charges", "user_id", "||..o{", "users"),
    ("charges", "entry_id", "|o..o|", "ledger_entries"),
    ("idempotency_keys", "user_id", "||..o{", "users"),
    ("idempotency_keys", "reference_id", "|o..o{", "ledger_entries"),
    ("idempotency_keys", "reference_id", "|o..o{", "reservations"),
    ("idempotency_keys", "reference_id", "|o..o{", "payments"),
    ("idempotency_keys", "reference_id", "|o..o|", "refunds"),
    ("idempotency_keys", "reference_id", "|o..o|", "credits"),
    ("idempotency_keys", "reference_id", "|o..o{", "performances"),
    ("idempotency_keys", "reference_id", "|o..o{", "check_ins"),
    ("idempotency_keys", "reference_id", "|o..o|", "charges"),
    ("audit_entries", "concert_id", "||..o{", "concerts"),
    ("check_ins", "performance_id_and_seat_number", "||..o{", "seats"),
    ("check_ins", "reservation_id", "||..o{", "reservations"),
    ("webhook_leases", "webhook_id", "||..||", "webhooks"),
    ("deliveries", "webhook_id", "||..o{", "webhooks"),
    ("deliveries", "position", "||..o{", "events"),
    ("idempotency_keys", "reference_id", "|o..o{", "webhooks"),
    ("device_codes", "user_id", "||..o|", "users"),
    ("idempotency_keys", "reference_id", "|o..o{", "events"),
];

/// Columns that name their own row and refer to no other.
const OWN_IDS: [(&str, &str); 14] = [
    ("concerts", "concert_id"),
    ("performances", "performance_id"),
    ("users", "user_id"),
    ("ledger_entries", "entry_id"),
    ("reservations", "reservation_id"),
    ("payments", "payment_id"),
    ("refunds", "refund_id"),
    ("audit_entries", "entry_id"),
    ("charges", "charge_id"),
    ("operator_keys", "key_id"),
    ("check_ins", "check_in_id"),
    ("webhooks", "webhook_id"),
    ("outbox", "event_id"),
    ("events", "event_id"),
];

/// Every column of every table, as a line of the diagram, in the order of their creation.
const COLUMNS: &str = "
    SELECT concat_ws(' ', relname, regexp_replace(
               replace(format_type(atttypid, NULL), 'timestamp with time zone', 'timestamptz'), '\\s', '_', 'g'),
               attname, nullif(concat_ws(', ',
                   CASE WHEN is_key.p THEN 'PK' END, CASE WHEN is_key.f THEN 'FK' END, CASE WHEN is_key.u THEN 'UK' END), ''),
               '\"' || nullif(concat_ws(', ',
                   CASE WHEN NOT attnotnull THEN 'nullable' END,
                   CASE WHEN atttypmod > 0 THEN substring(format_type(atttypid, atttypmod) FROM '\\((.*)\\)') END,
                   CASE WHEN attgenerated <> '' OR attidentity <> '' THEN 'generated' END), '') || '\"')
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    CROSS JOIN LATERAL (
        SELECT bool_or(contype = 'p') AS p, bool_or(contype = 'f') AS f,
               bool_or(contype = 'u' AND cardinality(conkey) = 1) AS u
        FROM pg_constraint WHERE conrelid = pg_class.oid AND attnum = ANY (conkey)
    ) AS is_key
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\\_\\_%' AND attnum > 0
          AND NOT attisdropped
    ORDER BY pg_class.oid, attnum";

/// Every foreign key, as a line of the diagram.
const FOREIGN_KEYS: &str = "
    SELECT concat_ws(' ', confrelid::regclass,
                     CASE WHEN EXISTS (SELECT FROM pg_constraint AS one WHERE one.conrelid = refers.conrelid
                                       AND one.contype IN ('p', 'u') AND one.conkey <@ refers.conkey)
                          THEN '||--o|' ELSE '||--o{' END,
                     conrelid::regclass, ':', (
                         SELECT string_agg(attname, '_and_' ORDER BY attnum) FROM pg_attribute
                         WHERE attrelid = conrelid AND attnum = ANY (conkey)))
    FROM pg_constraint AS refers
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conrelid, conname";

/// Draws the schema of a migrated database.
fn draw(columns: &[String], foreign_keys: &[String]) -> String {
    let mut diagram = String::from("erDiagram\n");
    let mut tables = BTreeSet::new();
    for column in columns {
        let (table, column) = column.split_once(' ').unwrap();
        if tables.insert(table) {
            diagram += if tables.len() == 1 { "" } else { "    }\n" };
            diagram.extend(["    ", table, " {\n"]);
        }
        diagram.extend(["        ", column, "\n"]);
    }
    diagram += "    }\n";
    for relation in foreign_keys {
        diagram.extend(["    ", relation, "\n"]);
    }
    for (table, column, how_often, referred) in UNENFORCED {
        diagram.extend(["    ", referred, " ", how_often, " ", table, " : ", column, "\n"]);
    }
    diagram
}

/// Fails unless every id that refers to another row has its relation in the diagram, and every relation has its column.
fn assert_related(columns: &[String], foreign_keys: &[String]) {
    let names: Vec<(&str, &str)> = columns
        .iter()
        .map(|column| {
            let mut words = column.split(' ');
            (words.next().unwrap(), words.nth(1).unwrap())
        })
        .collect();
    let enforced = |table: &str, column: &str| {
        foreign_keys.iter().any(|relation| relation.ends_with(&format!(" {table} : {column}")))
    };
    for (table, column) in names.iter().filter(|(_, column)| column.ends_with("_id")) {
        let related = enforced(table, column)
            || OWN_IDS.contains(&(table, column))
            || UNENFORCED
                .iter()
                .any(|(refers, by, ..)| refers == table && by.split("_and_").any(|by| by == *column));
        assert!(related, "{table}.{column} refers to something: add it to `UNENFORCED`");
    }
    for (table, by, _, referred) in UNENFORCED {
        for column in by.split("_and_") {
            assert!(
                names.contains(&(table, column)),
                "there is no {table}.{column}: take it out of `UNENFORCED`"
            );
        }
        assert!(!enforced(table, by), "{table}.{by} has a foreign key: take it out of `UNENFORCED`");
        assert!(names.iter().any(|(table, _)| *table == referred), "there is no {referred}");
    }
}

/// What a diagram says: each column with its table, and each relation.
fn statements(diagram: &str) -> BTreeSet<String> {
    let mut table = "";
    let mut statements = BTreeSet::new();
    for line in diagram.lines().map(str::trim) {
        match line.strip_suffix(" {") {
            Some(name) => table = name,
            None if line == "}" => table = "",
            None => drop(statements.insert(format!("{table} {line}").trim().to_owned())),
        }
    }
    statements
}

#[tokio::test(flavor = "multi_thread")]
async fn the_diagram_is_what_the_migrations_make() {
    let database = migrated().await;
    let (columns, foreign_keys) = (database.query(COLUMNS).await, database.query(FOREIGN_KEYS).await);
    assert_related(&columns, &foreign_keys);
    let drawn = draw(&columns, &foreign_keys);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("```mermaid\n").expect("a diagram");
    let (diagram, after) = rest.split_once("```").unwrap();
    for column in &columns {
        let (table, _) = column.split_once(' ').unwrap();
        assert!(after.contains(&format!("| `{table}` |")), "docs/schema.md does not say what {table} is for");
    }
    if std::env::var_os("SEATLINE_BLESS").is_some() {
        std::fs::write(&path, format!("{before}```mermaid\n{drawn}```{after}")).unwrap();
        return;
    }
    let (was, is) = (statements(diagram), statements(&drawn));
    assert!(
        diagram == drawn,
        "docs/schema.md is out of date; `SEATLINE_BLESS=1 cargo test -p seatline-adapters-postgres schema` draws it again\n\
         to add: {:#?}\nto remove: {:#?}\n(the order counts, too)",
        &is - &was,
        &was - &is,
    );
}
