use tokio_postgres::Client;

use super::simple_query::first_row;

/// Tells whether there is a pooler in between, which hands each transaction to a connection of its own choice.
pub(super) async fn is_between(client: &Client, told: Option<u32>) -> Result<bool, tokio_postgres::Error> {
    let row = first_row(client, "SELECT pg_backend_pid()").await?;
    let process = row.as_ref().and_then(|row| row.get(0));
    Ok(told.is_some_and(|told| process != Some(told.to_string().as_str())))
}

/// Makes sure that a pooler keeps what a client has prepared: then it goes by another name at the server.
///
/// # Errors
/// It does not, or is none that is known to.
pub(super) async fn check(client: &Client) -> Result<(), String> {
    let refused = || {
        "a pooler in between does not keep prepared statements; it takes PgBouncer 1.21 or newer in transaction mode, with \
         max_prepared_statements above zero, or none"
            .to_owned()
    };
    // It finds itself.
    let text =
        "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%pg_prepared_statements%seatline%'";
    let Ok(statement) = client.prepare(text).await else { return Err(refused()) };
    match client.query(&statement, &[]).await {
        Ok(rows) if rows.iter().any(|row| row.get::<_, &str>(0).starts_with("PGBOUNCER_")) => Ok(()),
        _ => Err(refused()),
    }
}
