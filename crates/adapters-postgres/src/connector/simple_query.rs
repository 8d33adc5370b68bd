use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

/// The first row that a query without binds gives.
pub(super) async fn first_row(client: &Client, query: &str) -> Result<Option<SimpleQueryRow>, Error> {
    let messages = client.simple_query(query).await?;
    Ok(messages.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }))
}
