//! The support desk: a user, and what they have and did, as they see it themselves.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::support::{RequireUserError, ShownUser};
use seatline_domain::id::UserId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::OwnedSeatBody;
use super::payments::{PaymentBody, PaymentPage};
use super::points::EntryPage;
use super::reservations::ReservationPage;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Page, Path, Support};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{List, PageBody, Points};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let errors = &[Code::UserNotFound, Code::Unavailable];
    vec![
        endpoint!(show_user).errors(errors),
        endpoint!(list_payments_of_user).errors(errors),
        endpoint!(list_reservations_of_user).errors(errors),
        endpoint!(list_entries_of_user).errors(errors),
    ]
}

/// Show a user
///
/// The balance, and the seats bought: the newest hundred, and how many there are.
#[utoipa::path(
    get, path = "/api/v1/admin/users/{userId}", operation_id = "showUser", tag = "Operators",
    responses((status = 200, description = "The user.", body = UserBody)),
)]
async fn show_user(_: Support, user: Path<UserId>, app: State) -> Result<Json<UserBody>, Problem> {
    let user = app.seatline.show_user.execute(user.0).await?;
    Ok(Json(user.into()))
}

/// List a user's payments
///
/// Newest first.
#[utoipa::path(
    get, path = "/api/v1/admin/users/{userId}/payments", operation_id = "listPaymentsOfUser", tag = "Operators",
    responses((status = 200, description = "One page of them.", body = PaymentPage)),
)]
async fn list_payments_of_user(
    _: Support,
    user: Path<UserId>,
    page: Page,
    app: State,
) -> Result<Json<PaymentPage>, Problem> {
    let list = List::named("support payments").of_user(user.0);
    let page = page.of(&list)?;
    app.seatline.require_user.execute(user.0).await?;
    let page = app.seatline.list_payments.execute(user.0, page).await?;
    Ok(Json(PageBody::render(page, &list, PaymentBody::of_another)))
}

/// List a user's reservations
///
/// As they stand now, newest first.
#[utoipa::path(
    get, path = "/api/v1/admin/users/{userId}/reservations", operation_id = "listReservationsOfUser",
    tag = "Operators",
    responses((status = 200, description = "One page of them.", body = ReservationPage)),
)]
async fn list_reservations_of_user(
    _: Support,
    user: Path<UserId>,
    page: Page,
    app: State,
) -> Result<Json<ReservationPage>, Problem> {
    let list = List::named("support reservations").of_user(user.0);
    let page = page.of(&list)?;
    app.seatline.require_user.execute(user.0).await?;
    let page = app.seatline.list_reservations.execute(user.0, page).await?;
    Ok(Json(PageBody::render(page, &list, Into::into)))
}

/// List a user's ledger
///
/// Every change of the balance, newest first.
#[utoipa::path(
    get, path = "/api/v1/admin/users/{userId}/points/entries", operation_id = "listEntriesOfUser",
    tag = "Operators",
    responses((status = 200, description = "One page of its entries.", body = EntryPage)),
)]
async fn list_entries_of_user(
    _: Support,
    user: Path<UserId>,
    page: Page,
    app: State,
) -> Result<Json<EntryPage>, Problem> {
    let list = List::named("support ledger entries").of_user(user.0);
    let page = page.of(&list)?;
    app.seatline.require_user.execute(user.0).await?;
    let page = app.seatline.list_entries.execute(user.0, page).await?;
    Ok(Json(PageBody::render(page, &list, Into::into)))
}

impl From<RequireUserError> for Problem {
    fn from(error: RequireUserError) -> Self {
        match error {
            RequireUserError::NotFound => Self::new(Code::UserNotFound),
            RequireUserError::Storage(error) => error.into(),
        }
    }
}

/// A user, as a support desk sees them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
#[serde(rename_all = "camelCase")]
struct UserBody {
    /// The user's id.
    user_id: Uuid,
    /// The name they want to be called by.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// Their points.
    balance: Points,
    /// The instant at which the account was opened.
    created_at: DateTime<Utc>,
    /// The seats they have bought, newest first: the newest hundred.
    seats: Vec<OwnedSeatBody>,
    /// How many seats they have bought.
    #[schema(minimum = 0, example = 2)]
    seats_total: u64,
}

impl From<ShownUser> for UserBody {
    fn from(shown: ShownUser) -> Self {
        let user = shown.user.user;
        Self {
            user_id: user.id.uuid(),
            name: user.name.map(|name| name.as_str().to_owned()),
            balance: shown.balance.into(),
            created_at: shown.user.registered_at,
            seats_total: shown.seats.total,
            seats: shown.seats.newest.into_iter().map(OwnedSeatBody::from).collect(),
        }
    }
}
