use diesel::sql_types::{Array, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::UserId;
use seatline_domain::user::{AccessTokenHash, Account, RegisteredUser, User, UserName};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A user.
    UserRow as user_columns {
        user_id: Uuid => SqlUuid,
        name: Option<String> => Nullable<Text>,
    }
}

row! {
    /// A user and the hash of their access token.
    AccountRow as account_columns {
        ..user: UserRow as user_columns,
        token_hash: Vec<u8> => Binary,
    }
}

row! {
    /// A user and the instant of their registration.
    RegisteredUserRow as registered_user_columns {
        ..user: UserRow as user_columns,
        created_at: Timestamp => Timestamptz,
    }
}

row! {
    /// The owner of an access token, and whether they were found idle.
    TokenOwnerRow as token_owner_columns {
        token_hash: Vec<u8> => Binary = "owner.token_hash",
        user_id: Uuid => SqlUuid = "owner.user_id",
        is_idle: bool => Bool = "idle.user_id IS NOT NULL",
    }
}

statement! {
    /// Reads one user.
    FindUser { user_id: Uuid => SqlUuid } -> UserRow;
    "SELECT ", user_columns!(), " FROM users WHERE user_id = ?"
}

statement! {
    /// Reads one user with the instant of their registration.
    FindRegisteredUser { user_id: Uuid => SqlUuid } -> RegisteredUserRow;
    "SELECT ", registered_user_columns!(), " FROM users WHERE user_id = ?"
}

statement! {
    /// Reads accounts.
    FindAccounts { user_id: Vec<Uuid> => Array<SqlUuid> } -> AccountRow;
    "SELECT ", account_columns!(), " FROM users WHERE user_id = ANY(?)"
}

statement! {
    /// Reads the owners of access tokens.
    FindTokenOwners { token_hashes: Vec<Vec<u8>> => Array<Binary> } -> TokenOwnerRow;
    "SELECT ", token_owner_columns!(owner), "
     FROM users AS owner LEFT JOIN idle_accounts AS idle ON idle.user_id = owner.user_id
     WHERE owner.token_hash = ANY(?)"
}

statement! {
    /// Adds users.
    InsertUsers {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        name: Vec<Option<String>> => Array<Nullable<Text>>,
        token_hash: Vec<Vec<u8>> => Array<Binary>,
    };
    "INSERT INTO users (user_id, name, token_hash) SELECT unnest(?), unnest(?), unnest(?)"
}

impl TryFrom<UserRow> for User {
    type Error = CorruptRow;

    fn try_from(row: UserRow) -> Result<Self, CorruptRow> {
        let id = UserId::new(row.user_id);
        let parse =
            |name: String| UserName::restore(&name).map_err(|_| CorruptRow::new("name of a user", id));
        Ok(Self { id, name: row.name.map(parse).transpose()? })
    }
}

impl TryFrom<RegisteredUserRow> for RegisteredUser {
    type Error = CorruptRow;

    fn try_from(row: RegisteredUserRow) -> Result<Self, CorruptRow> {
        Ok(Self { user: User::try_from(row.user)?, registered_at: row.created_at })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = CorruptRow;

    fn try_from(AccountRow { user, token_hash }: AccountRow) -> Result<Self, CorruptRow> {
        let user = User::try_from(user)?;
        Ok(Self { token_hash: parse_hash(token_hash, user.id)?, user })
    }
}

fn parse_hash(bytes: Vec<u8>, user_id: UserId) -> Result<AccessTokenHash, CorruptRow> {
    let hash = <[u8; 32]>::try_from(bytes).map_err(|_| CorruptRow::new("token hash", user_id))?;
    Ok(AccessTokenHash::new(hash))
}

impl TokenOwnerRow {
    /// The owner, if they were found idle.
    pub(crate) fn idle_owner(&self) -> Option<Uuid> {
        self.is_idle.then_some(self.user_id)
    }
}

/// The hash of an access token, and its owner.
pub(crate) fn token_owner(row: TokenOwnerRow) -> Result<(AccessTokenHash, UserId), CorruptRow> {
    let user_id = UserId::new(row.user_id);
    Ok((parse_hash(row.token_hash, user_id)?, user_id))
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    if set.accounts.is_empty() {
        return Ok(());
    }
    let name = |name: &UserName| name.as_str().to_owned();
    let insert = InsertUsers {
        user_id: set.accounts.iter().map(|added| added.user.id.uuid()).collect(),
        name: set.accounts.iter().map(|added| added.user.name.as_ref().map(name)).collect(),
        token_hash: set.accounts.iter().map(|added| added.token_hash.bytes().to_vec()).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}
