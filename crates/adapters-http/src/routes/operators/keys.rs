//! The operators' keys that the owner makes.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::operator_keys::{CreatedKey, Owner as ProvenOwner};
use seatline_domain::commands::{CreateOperatorKeyError, DeleteOperatorKeyError};
use seatline_domain::id::OperatorKeyId;
use seatline_domain::operator_key::{OperatorKey, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{NoContent, Replayable};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, OptionalKey, Owner, Page, Path, text};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{List, PageBody};

type KeyPage = PageBody<KeyBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(create_key).errors(&[Code::InvalidValue, Code::Unavailable]),
        endpoint!(list_keys).errors(&[Code::Unavailable]),
        endpoint!(delete_key).errors(&[Code::KeyNotFound, Code::Unavailable]),
    ]
}

/// Make an operators' key
///
/// With a name and a role. The key is shown once; only its hash is stored. A retry by the same idempotency key is shown it
/// too. Several keys may have one name.
#[utoipa::path(post, path = "/api/v1/admin/keys", operation_id = "createKey", tag = "Operators", responses(
    (status = 201, description = "The new key.", body = CreatedKeyBody, headers(("Idempotency-Replayed"))),
))]
async fn create_key(
    owner: Owner,
    key: OptionalKey,
    body: JsonBody<NewKeyBody>,
    app: State,
) -> Result<Replayable<CreatedKeyBody>, Problem> {
    let NewKeyBody { name, role } = body.read().await?;
    let name = text("name", &name)?;
    let owner = ProvenOwner { operator: owner.0, secret: app.settings.admin_key.secret() };
    let answer = app.seatline.create_operator_key.execute(owner, name, role.into(), key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// List operators' keys
///
/// Those that are good, newest first, without the keys themselves.
#[utoipa::path(get, path = "/api/v1/admin/keys", operation_id = "listKeys", tag = "Operators", responses(
    (status = 200, description = "One page of them.", body = KeyPage),
))]
async fn list_keys(_: Owner, page: Page, app: State) -> Result<Json<KeyPage>, Problem> {
    let list = List::named("operators' keys");
    let page = app.seatline.list_operator_keys.execute(page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, KeyBody::from)))
}

/// Delete an operators' key
///
/// It opens nothing any more, on every instance within two seconds. Repeatable.
#[utoipa::path(
    delete, path = "/api/v1/admin/keys/{keyId}", operation_id = "deleteKey", tag = "Operators",
    responses((status = 204, description = "Deleted, now or before.")),
)]
async fn delete_key(owner: Owner, key: Path<OperatorKeyId>, app: State) -> Result<NoContent, Problem> {
    app.seatline.delete_operator_key.execute(owner.0, key.0).await?;
    Ok(NoContent)
}

impl From<CreateOperatorKeyError> for Problem {
    fn from(error: CreateOperatorKeyError) -> Self {
        match error {
            CreateOperatorKeyError::KeyReused(reused) => reused.into(),
            CreateOperatorKeyError::Storage(error) => error.into(),
        }
    }
}

impl From<DeleteOperatorKeyError> for Problem {
    fn from(error: DeleteOperatorKeyError) -> Self {
        match error {
            DeleteOperatorKeyError::NotFound => Self::new(Code::KeyNotFound),
            DeleteOperatorKeyError::Storage(error) => error.into(),
        }
    }
}

/// An operators' key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewOperatorKey)]
#[serde(deny_unknown_fields)]
struct NewKeyBody {
    /// The name of its holder, by which the record of changes knows them. Trimmed and composed (NFC); one line, with
    /// something to see.
    #[schema(min_length = 1, max_length = 100, example = "North gate")]
    name: String,
    /// What its holder may do.
    role: RoleBody,
}

/// What the holder of an operators' key may do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = OperatorRole)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RoleBody {
    /// Everything but what is the owner's: keys and webhooks.
    Operator,
    /// Look up users, refund, credit.
    Support,
    /// Check tickets in.
    Gate,
}

impl From<RoleBody> for Role {
    fn from(role: RoleBody) -> Self {
        match role {
            RoleBody::Operator => Self::Operator,
            RoleBody::Support => Self::Support,
            RoleBody::Gate => Self::Gate,
        }
    }
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        match role {
            Role::Operator => Self::Operator,
            Role::Support => Self::Support,
            Role::Gate => Self::Gate,
        }
    }
}

/// An operators' key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorKey)]
#[serde(rename_all = "camelCase")]
struct KeyBody {
    /// The key's id.
    key_id: Uuid,
    /// The name of its holder.
    #[schema(example = "North gate")]
    name: String,
    /// What its holder may do.
    role: RoleBody,
    /// The instant at which it was made.
    created_at: DateTime<Utc>,
}

impl From<OperatorKey> for KeyBody {
    fn from(key: OperatorKey) -> Self {
        Self {
            key_id: key.id.uuid(),
            name: key.name.as_str().to_owned(),
            role: key.role.into(),
            created_at: key.created.at,
        }
    }
}

/// An operators' key that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedOperatorKey)]
#[serde(rename_all = "camelCase")]
struct CreatedKeyBody {
    /// The key's id.
    key_id: Uuid,
    /// The name of its holder.
    #[schema(example = "North gate")]
    name: String,
    /// What its holder may do.
    role: RoleBody,
    /// The instant at which it was made.
    created_at: DateTime<Utc>,
    /// The key itself, to be sent as `Authorization: Bearer <key>`. It cannot be shown again, but to a retry by the same
    /// idempotency key. Null only where that comes after the key was deleted, or after the service's queue keys were
    /// changed.
    #[schema(required, example = "slk_d0n5tSh4reThi5KeyWithAnyb0dyAtAllP1easeOk00")]
    key: Option<String>,
}

impl From<CreatedKey> for CreatedKeyBody {
    fn from(created: CreatedKey) -> Self {
        let CreatedKey { key, bearer } = created;
        let KeyBody { key_id, name, role, created_at } = key.into();
        let key = bearer.map(|bearer| bearer.reveal().to_owned());
        Self { key_id, name, role, created_at, key }
    }
}
