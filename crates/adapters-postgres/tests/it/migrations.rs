use seatline_adapters_postgres::{migrate, pending_migrations, revert_all};
use seatline_test_support::TestDatabase;

/// Every table, column, constraint and index, in words.
const SCHEMA: &str = "
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '__diesel_schema_migrations'
    UNION ALL SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations'
    ORDER BY 1";

#[tokio::test(flavor = "multi_thread")]
async fn migrations_run_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    let pending = pending_migrations(database.url()).await.unwrap();
    assert_eq!(migrate(database.url()).await.unwrap().len(), pending.len());
    let first = database.query(SCHEMA).await;
    assert!(first.len() > 50);
    revert_all(database.url()).await.unwrap();
    assert_eq!(database.query(SCHEMA).await, Vec::<String>::new());
    migrate(database.url()).await.unwrap();
    assert_eq!(database.query(SCHEMA).await, first);
    assert!(migrate(database.url()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_start_together_take_turns() {
    let database = TestDatabase::empty().await;
    let pending = pending_migrations(database.url()).await.unwrap().len();
    let starts = futures::future::join_all((0..4).map(|_| migrate(database.url()))).await;
    let applied: usize = starts.into_iter().map(|applied| applied.unwrap().len()).sum();
    assert_eq!(applied, pending, "each migration is applied once");
}
