//! Cells that are added are what cell 0 is.

use seatline_adapters_postgres::{add_cell, revert_all};

use crate::fixture::migrated;

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
