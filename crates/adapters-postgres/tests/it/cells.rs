//! Cells that are added are what cell 0 is.

use seatline_adapters_postgres::{add_cell, revert_all};
use seatline_domain::concert::ConcertError;
use seatline_domain::invariant::Invariant;
use seatline_domain::ports::Inspection;
use seatline_domain::storage::StorageError;
use seatline_test_support::{Fixture, Setup};

use crate::fixture::{PostgresFixture, migrated};

/// What a schema's tables are made of, a line a part, without the schema's name.
fn parts_of(schema: &str) -> String {
    format!(
        "WITH tables AS (
             SELECT oid, relname, reloptions FROM pg_class
             WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
               AND relname IN ('waiting_rooms', 'passes', 'seats', 'reservations', 'reservation_seats')
         )
         SELECT part FROM (
             SELECT format('%s %s', relname, reloptions) AS part FROM tables
             UNION ALL
             SELECT format('%s.%s %s %s %s %s %s %s', relname, attname, attnum, format_type(atttypid, atttypmod), attnotnull,
                           attgenerated, attidentity, pg_get_expr(adbin, adrelid))
             FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
             LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
             UNION ALL
             SELECT format('%s %s %s %s', relname, conname, convalidated, pg_get_constraintdef(pg_constraint.oid))
             FROM tables JOIN pg_constraint ON conrelid = tables.oid
             UNION ALL
             SELECT replace(pg_get_indexdef(indexrelid), '{schema}.', '')
             FROM tables JOIN pg_index ON indrelid = tables.oid
         ) AS parts ORDER BY part"
    )
}

#[tokio::test]
async fn another_cell_has_the_same_tables_constraints_and_indexes() {
    let database = migrated().await;
    let cell = add_cell(database.url()).await.unwrap();
    let home = database.query(&parts_of("public")).await;
    assert!(home.len() > 60, "{home:#?}");
    assert_eq!(database.query(&parts_of(&format!("cell_{cell}"))).await, home);
    let of_schema = |schema: &str, kind: &str| {
        format!(
            "SELECT relname FROM pg_class
             WHERE relnamespace = '{schema}'::regnamespace AND relkind = '{kind}' ORDER BY relname"
        )
    };
    let drawn = database.query(&of_schema("every_cell", "v")).await;
    assert_eq!(drawn, database.query(&of_schema(&format!("cell_{cell}"), "r")).await);
    assert_eq!(drawn.len(), 5);
}

#[tokio::test]
async fn cells_are_numbered_and_go_with_the_schema() {
    let database = migrated().await;
    let first = add_cell(database.url()).await.unwrap();
    assert_eq!(add_cell(database.url()).await.unwrap(), first + 1);
    let parts = "SELECT count(*) FROM regexp_matches(pg_get_viewdef('every_cell.passes'), 'passes', 'g')";
    let cells: i32 = database.query(parts).await[0].parse().unwrap();
    assert!(cells > first + 1, "the view of passes is of all of them");
    revert_all(database.url()).await.unwrap();
    let left = "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%cell%'";
    assert!(database.query(left).await.is_empty());
}

#[tokio::test]
async fn who_may_use_the_tables_may_use_those_of_another_cell() {
    let database = migrated().await;
    let role = format!("desk_{}", std::process::id());
    database
        .execute(&format!(
            "CREATE ROLE {role}; GRANT SELECT, UPDATE ON public.passes TO {role}; GRANT SELECT ON public.seats TO PUBLIC"
        ))
        .await;
    let cell = add_cell(database.url()).await.unwrap();
    add_cell(database.url()).await.unwrap();
    let may = format!(
        "SELECT concat_ws(' ', has_schema_privilege('{role}', 'cell_{cell}', 'USAGE'),
                          has_schema_privilege('{role}', 'every_cell', 'USAGE'),
                          has_table_privilege('{role}', 'cell_{cell}.passes', 'SELECT, UPDATE'),
                          has_table_privilege('{role}', 'every_cell.passes', 'SELECT'),
                          has_table_privilege('{role}', 'cell_{cell}.seats', 'SELECT'),
                          has_table_privilege('{role}', 'cell_{cell}.passes', 'DELETE'),
                          has_table_privilege('{role}', 'cell_{cell}.reservations', 'SELECT'))"
    );
    assert_eq!(database.query(&may).await, ["t t t t t f f"]);
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_whose_schema_is_missing_takes_no_concert() {
    let fixture = PostgresFixture::new().await;
    fixture.database.execute("INSERT INTO public.cells VALUES (99)").await;
    let setup = Setup::new(fixture.ports());
    let new = setup.sale().new_concert();
    let refused = fixture.ports().editor.add_concert(new, setup.stamp(), None).await;
    assert!(matches!(refused, Err(ConcertError::Storage(StorageError::Unavailable(_)))), "{refused:?}");
    assert_eq!(fixture.database.query("SELECT count(*) FROM concerts").await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_another_cell_than_their_concerts_are_found() {
    let fixture = PostgresFixture::new().await;
    Setup::new(fixture.ports()).sale().open().await;
    assert_eq!(fixture.postgres.violations().await.unwrap(), []);
    add_cell(fixture.database.url()).await.unwrap();
    assert_eq!(fixture.postgres.violations().await.unwrap(), []);
    fixture.database.execute("UPDATE public.concerts SET cell = (cell + 1) % 2").await;
    let found = fixture.postgres.violations().await.unwrap();
    let subjects: Vec<_> = found.iter().map(|found| (found.invariant, found.subject.as_str())).collect();
    for table in ["waiting_rooms", "seats"] {
        let is_found = |(invariant, subject): &(Invariant, &str)| {
            *invariant == Invariant::I12 && subject.starts_with(&format!("{table} of concert"))
        };
        assert!(subjects.iter().any(is_found), "{table}: {subjects:?}");
    }
}
