use seatline_adapters_postgres::{migrate, pending_migrations, revert_all};
use seatline_test_support::TestDatabase;
use tokio_postgres::NoTls;

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

/// Whoever waits for a table has everybody else wait behind them: a migration gives up and comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_steps_back_from_a_lock_and_tries_again() {
    let database = TestDatabase::empty().await;
    migrate(database.url()).await.unwrap();
    let (mut other, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let transaction = other.transaction().await.unwrap();
    transaction.batch_execute("LOCK TABLE __diesel_schema_migrations").await.unwrap();
    let migrating = tokio::spawn({
        let url = database.url().to_owned();
        async move { migrate(&url).await }
    });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '__diesel_schema_migrations'::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    for waiting in ["1", "0"] {
        until(&database, waits, waiting).await;
    }
    assert!(!migrating.is_finished());
    transaction.commit().await.unwrap();
    assert!(migrating.await.unwrap().unwrap().is_empty());
}

async fn until(database: &TestDatabase, query: &str, answer: &str) {
    while database.query(query).await != [answer] {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
