use diesel::sql_types::{Array, Binary, Nullable, Text, Uuid as SqlUuid};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Adds users.
    InsertUsers {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        names: Vec<Option<String>> => Array<Nullable<Text>>,
        token_hashes: Vec<Vec<u8>> => Array<Binary>,
    };
    "INSERT INTO users (user_id, name, token_hash) SELECT * FROM unnest(?, ?, ?)"
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    if set.accounts.is_empty() {
        return Ok(());
    }
    let name = |name: &seatline_domain::user::UserName| name.as_str().to_owned();
    let insert = InsertUsers {
        user_ids: set.accounts.iter().map(|added| added.user.id.uuid()).collect(),
        names: set.accounts.iter().map(|added| added.user.name.as_ref().map(name)).collect(),
        token_hashes: set.accounts.iter().map(|added| added.token_hash.bytes().to_vec()).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}
