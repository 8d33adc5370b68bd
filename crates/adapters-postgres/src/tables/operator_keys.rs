use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::audit::OperatorId;
use seatline_domain::id::OperatorKeyId;
use seatline_domain::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, OperatorKeyName, Role};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// An operators' key.
    OperatorKeyRow as operator_key_columns {
        key_id: Uuid => SqlUuid,
        name: String => Text,
        role: String => Text,
        key_hash: Vec<u8> => Binary,
        created_at: Timestamp => Timestamptz,
        created_by: String => Text,
        deleted_at: Option<Timestamp> => Nullable<Timestamptz>,
        deleted_by: Option<String> => Nullable<Text>,
    }
}

row! {
    /// An operators' key and its place among all.
    ListedKeyRow as listed_key_columns {
        ..key: OperatorKeyRow as operator_key_columns,
        sequence: i64 => BigInt,
    }
}

statement! {
    /// Makes those who make or delete keys take turns until their commit. The sequence of keys is then the order of their
    /// commits.
    LockOperatorKeys {};
    "LOCK TABLE operator_keys IN SHARE ROW EXCLUSIVE MODE"
}

statement! {
    /// Reads keys.
    FindOperatorKeys { key_id: Vec<Uuid> => Array<SqlUuid> } -> OperatorKeyRow;
    "SELECT ", operator_key_columns!(), " FROM operator_keys WHERE key_id = ANY(?)"
}

statement! {
    /// Reads the keys with these hashes, unless they were deleted.
    FindKeysByHash { key_hash: Vec<Vec<u8>> => Array<Binary> } -> OperatorKeyRow;
    "SELECT ", operator_key_columns!(), " FROM operator_keys WHERE key_hash = ANY(?) AND deleted_at IS NULL"
}

statement! {
    /// Reads the keys of operators.
    FindKeysOfOperators { operator: Vec<String> => Array<Text> } -> OperatorKeyRow;
    "SELECT ", operator_key_columns!(), " FROM operator_keys WHERE operator = ANY(?)"
}

statement! {
    /// Reads one page of the keys that were not deleted, newest first.
    FindKeysBefore {
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> ListedKeyRow;
    "SELECT ", listed_key_columns!(), "
     FROM operator_keys WHERE deleted_at IS NULL AND sequence < ? ORDER BY sequence DESC LIMIT ?"
}

statement! {
    /// Adds a key.
    InsertOperatorKey {
        key_id: Uuid => SqlUuid,
        name: String => Text,
        role: &'static str => Text,
        key_hash: Vec<u8> => Binary,
        operator: String => Text,
        created_at: Timestamp => Timestamptz,
        created_by: String => Text,
    };
    "INSERT INTO operator_keys (key_id, name, role, key_hash, operator, created_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Notes that a key was deleted.
    DeleteOperatorKey {
        deleted_at: Timestamp => Timestamptz,
        deleted_by: String => Text,
        key_id: Uuid => SqlUuid,
    };
    "UPDATE operator_keys SET deleted_at = ?, deleted_by = ? WHERE key_id = ?"
}

impl TryFrom<OperatorKeyRow> for OperatorKey {
    type Error = CorruptRow;

    fn try_from(row: OperatorKeyRow) -> Result<Self, CorruptRow> {
        let id = OperatorKeyId::new(row.key_id);
        let change = |at: Timestamp, by: String| match OperatorId::parse(&by) {
            Some(by) => Ok(KeyChange { at, by }),
            None => Err(CorruptRow::new("owner of an operators' key", by)),
        };
        let hash = <[u8; 32]>::try_from(row.key_hash);
        Ok(Self {
            id,
            name: OperatorKeyName::restore(&row.name)
                .map_err(|_| CorruptRow::new("name of an operators' key", id))?,
            role: match row.role.as_str() {
                "OPERATOR" => Role::Operator,
                "SUPPORT" => Role::Support,
                "GATE" => Role::Gate,
                _ => return Err(CorruptRow::new("role of an operators' key", row.role)),
            },
            hash: OperatorKeyHash::new(hash.map_err(|_| CorruptRow::new("hash of an operators' key", id))?),
            created: change(row.created_at, row.created_by)?,
            deleted: row.deleted_at.zip(row.deleted_by).map(|(at, by)| change(at, by)).transpose()?,
        })
    }
}

/// A key and its place among all.
pub(crate) fn listed_key(row: ListedKeyRow) -> Result<(i64, OperatorKey), CorruptRow> {
    Ok((row.sequence, OperatorKey::try_from(row.key)?))
}

const fn role_column(role: Role) -> &'static str {
    match role {
        Role::Operator => "OPERATOR",
        Role::Support => "SUPPORT",
        Role::Gate => "GATE",
    }
}

/// Waits until nobody else makes or deletes keys.
pub(super) async fn lock(lease: &Lease, footprint: &Footprint) -> Result<(), Failure> {
    if !footprint.operator_keys.is_empty() {
        lease.execute(LockOperatorKeys {}).await?;
    }
    Ok(())
}

/// Reads keys as they are now.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    keys: &mut TrackedRows<OperatorKeyId, OperatorKey>,
) -> Result<(), Failure> {
    if footprint.operator_keys.is_empty() {
        return Ok(());
    }
    let key_id = footprint.operator_keys.iter().map(|id| id.uuid()).collect();
    for row in lease.load(FindOperatorKeys { key_id }).await? {
        let key = OperatorKey::try_from(row)?;
        keys.load(key.id, key);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    for key in set.operator_keys.added() {
        let insert = InsertOperatorKey {
            key_id: key.id.uuid(),
            name: key.name.as_str().to_owned(),
            role: role_column(key.role),
            key_hash: key.hash.bytes().to_vec(),
            operator: key.operator().to_string(),
            created_at: key.created.at,
            created_by: key.created.by.to_string(),
        };
        lease.execute(insert).await?;
    }
    // One that was made and deleted in the same batch is changed after it was added.
    let deleted = set.operator_keys.changed().chain(set.operator_keys.added());
    for (key, deleted) in deleted.filter_map(|key| Some((key, key.deleted?))) {
        let delete = DeleteOperatorKey {
            deleted_at: deleted.at,
            deleted_by: deleted.by.to_string(),
            key_id: key.id.uuid(),
        };
        lease.execute(delete).await?;
    }
    Ok(())
}
