use diesel::sql_types::{Array, BigInt, Binary, Nullable, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::UserId;
use seatline_domain::user::{DeviceCode, DeviceCodeHash, FormHash, SealedToken};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::{Lease, time_of_read};
use crate::statement::{row, statement};

row! {
    /// A device code.
    DeviceCodeRow as device_code_columns {
        user_id: Uuid => SqlUuid,
        code_hash: Vec<u8> => Binary,
        sealed_token: Vec<u8> => Binary,
        expires_at: Timestamp => Timestamptz,
        used_by: Option<Vec<u8>> => Nullable<Binary>,
    }
}

statement! {
    /// Locks codes by their users and by their hashes.
    LockDeviceCodes {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        code_hash: Vec<Vec<u8>> => Array<Binary>,
    } -> DeviceCodeRow;
    "SELECT ", device_code_columns!(), " FROM device_codes
     WHERE user_id = ANY(?) OR code_hash = ANY(?) ORDER BY user_id FOR UPDATE"
}

statement! {
    /// Writes codes, each in place of the one that its user has.
    PutDeviceCodes {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        code_hash: Vec<Vec<u8>> => Array<Binary>,
        sealed_token: Vec<Vec<u8>> => Array<Binary>,
        expires_at: Vec<Timestamp> => Array<Timestamptz>,
        used_by: Vec<Option<Vec<u8>>> => Array<Nullable<Binary>>,
    };
    "INSERT INTO device_codes (user_id, code_hash, sealed_token, expires_at, used_by)
     SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)
     ON CONFLICT (user_id) DO UPDATE SET code_hash = excluded.code_hash, sealed_token = excluded.sealed_token,
         expires_at = excluded.expires_at, used_by = excluded.used_by"
}

statement! {
    /// Removes codes whose time is up, but for those that somebody has locked.
    DeleteExpiredCodes {
        expires_at: Timestamp => Timestamptz,
        limit: i64 => BigInt,
    };
    "DELETE FROM device_codes WHERE user_id IN
         (SELECT user_id FROM device_codes WHERE expires_at <= ? ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED)"
}

impl TryFrom<DeviceCodeRow> for DeviceCode {
    type Error = CorruptRow;

    fn try_from(row: DeviceCodeRow) -> Result<Self, CorruptRow> {
        let user_id = UserId::new(row.user_id);
        let bytes =
            |column: Vec<u8>, what| <[u8; 32]>::try_from(column).map_err(|_| CorruptRow::new(what, user_id));
        Ok(Self {
            user_id,
            hash: DeviceCodeHash::new(bytes(row.code_hash, "hash of a device code")?),
            sealed_token: SealedToken::new(bytes(row.sealed_token, "sealed token of a device code")?),
            expires_at: row.expires_at,
            used_by: match row.used_by {
                Some(form) => Some(FormHash::new(bytes(form, "form of a device code")?)),
                None => None,
            },
        })
    }
}

/// Locks codes.
pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    codes: &mut TrackedRows<UserId, DeviceCode>,
) -> Result<(), Failure> {
    if footprint.device_codes.is_empty() && footprint.device_code_owners.is_empty() {
        return Ok(());
    }
    let user_id = footprint.device_code_owners.iter().map(|user| user.uuid()).collect();
    let code_hash = footprint.device_codes.iter().map(|hash| hash.bytes().to_vec()).collect();
    // Few batches have any: none is to carry the room for it. So with what is stored.
    for row in Box::pin(lease.load(LockDeviceCodes { user_id, code_hash })).await? {
        let code = DeviceCode::try_from(row)?;
        codes.load(code.user_id, code);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut codes: Vec<&DeviceCode> = set.device_codes.added().chain(set.device_codes.changed()).collect();
    if codes.is_empty() {
        return Ok(());
    }
    // All who write codes meet in one order.
    codes.sort_by_key(|code| code.user_id);
    let put = PutDeviceCodes {
        user_id: codes.iter().map(|code| code.user_id.uuid()).collect(),
        code_hash: codes.iter().map(|code| code.hash.bytes().to_vec()).collect(),
        sealed_token: codes.iter().map(|code| code.sealed_token.bytes().to_vec()).collect(),
        expires_at: codes.iter().map(|code| code.expires_at).collect(),
        used_by: codes.iter().map(|code| code.used_by.map(|form| form.bytes().to_vec())).collect(),
    };
    Box::pin(lease.execute(put)).await?;
    Ok(())
}

/// Removes codes whose time is up, at most `limit`. Gives their number.
pub(crate) async fn delete_expired(lease: &Lease, limit: u16) -> Result<usize, Failure> {
    let expires_at = time_of_read(lease).await?;
    lease.execute(DeleteExpiredCodes { expires_at, limit: limit.into() }).await
}
