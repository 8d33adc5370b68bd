//! Points: the balance, charging, and the ledger.

use actix_web::http::header::HeaderName;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, Either, Responder};
use chrono::{DateTime, Utc};
use seatline_application::points::{ChargePointsError, Charged};
use seatline_domain::commands::ChargeError;
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::charges::CheckoutBody;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, LimitedUser, Page, RequiredKey, User, amount};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::{AmountText, List, PageBody, Points, SignedPoints};

/// Says that points were credited for no money.
const PLAY_MONEY: (HeaderName, &str) = (HeaderName::from_static("seatline-payments"), "play");

pub(super) type EntryPage = PageBody<EntryBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_balance).errors(&[Code::Unavailable]),
        endpoint!(charge_points).limited(Limited::Charging).errors(&[
            Code::ChargingClosed,
            Code::InvalidValue,
            Code::Unavailable,
        ]),
        endpoint!(list_entries).limited(Limited::Listing).errors(&[Code::Unavailable]),
    ]
}

/// Show your balance
#[utoipa::path(get, path = "/api/v1/points", operation_id = "showBalance", tag = "Points", responses(
    (status = 200, description = "The balance.", body = BalanceBody),
))]
async fn show_balance(user: User, app: State) -> Result<Json<BalanceBody>, Problem> {
    let balance = app.seatline.show_balance.execute(user.id).await?;
    Ok(Json(BalanceBody { user_id: user.id.uuid(), balance: balance.into() }))
}

/// Charge points
///
/// Adds above 0 and at most 10,000,000 points; a balance is at most 1,000,000,000. One key, one charge.
///
/// How depends on the service (`SEATLINE_PAYMENTS`). Play money is there at once (201). A payment provider takes the money
/// first (202): lead a browser to `checkoutUrl`, then ask for the charge. Where operators credit points, nobody charges.
#[utoipa::path(post, path = "/api/v1/points/charges", operation_id = "chargePoints", tag = "Points", responses(
    (status = 201, description = "The ledger entry, of play money.", body = ChargedBody,
     headers(("Idempotency-Replayed"), ("Seatline-Payments"))),
    (status = 202, description = "The charge, whose money a payment provider takes.", body = CheckoutBody,
     headers(("Idempotency-Replayed"))),
))]
async fn charge_points(
    LimitedUser(user): LimitedUser,
    key: RequiredKey,
    body: JsonBody<ChargeBody>,
    app: State,
) -> Result<Either<CustomizeResponder<Replayable<ChargedBody>>, Replayable<CheckoutBody>>, Problem> {
    let amount = amount("amount", &body.read().await?.amount)?;
    Ok(match app.seatline.charge_points.execute(user.id, amount, key.0).await? {
        Charged::Credited(answer) => {
            Either::Left(Replayable::new(answer, None).customize().insert_header(PLAY_MONEY))
        }
        Charged::Begun(answer) => Either::Right(Replayable::accepted(answer)),
    })
}

/// List your ledger
///
/// Every change of the balance, newest first.
#[utoipa::path(get, path = "/api/v1/points/entries", operation_id = "listEntries", tag = "Points", responses(
    (status = 200, description = "One page of its entries.", body = EntryPage),
))]
async fn list_entries(
    LimitedUser(user): LimitedUser,
    page: Page,
    app: State,
) -> Result<Json<EntryPage>, Problem> {
    let list = List::named("ledger entries").of_user(user.id);
    let page = app.seatline.list_entries.execute(user.id, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, EntryBody::from)))
}

impl From<ChargePointsError> for Problem {
    fn from(error: ChargePointsError) -> Self {
        match error {
            ChargePointsError::Closed => Self::new(Code::ChargingClosed),
            ChargePointsError::Play(error) => error.into(),
            ChargePointsError::Begin(error) => error.into(),
        }
    }
}

impl From<ChargeError> for Problem {
    fn from(error: ChargeError) -> Self {
        match error {
            ChargeError::NotPositive => Self::invalid("amount", "The amount must be above zero."),
            ChargeError::TooMuch => Self::invalid("amount", "One charge adds at most 10,000,000 points."),
            ChargeError::WalletFull(_) => {
                Self::invalid("amount", "The balance would be above 1,000,000,000 points.")
            }
            ChargeError::KeyReused(reused) => reused.into(),
            ChargeError::Storage(error) => error.into(),
        }
    }
}

/// A user's points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balance)]
#[serde(rename_all = "camelCase")]
struct BalanceBody {
    /// The user's id.
    user_id: Uuid,
    /// Their points.
    balance: Points,
}

/// A charge to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChargePoints)]
#[serde(deny_unknown_fields)]
struct ChargeBody {
    /// The points to add: above 0, at most 10,000,000.
    amount: AmountText,
}

/// A charge, as it was entered in the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Charge)]
#[serde(rename_all = "camelCase")]
struct ChargedBody {
    /// The ledger entry's id.
    entry_id: Uuid,
    /// The user's id.
    user_id: Uuid,
    /// The points added.
    amount: Points,
    /// The balance after it.
    balance: Points,
    /// The instant of the entry.
    created_at: DateTime<Utc>,
}

impl From<LedgerEntry> for ChargedBody {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            entry_id: entry.id.uuid(),
            user_id: entry.user_id.uuid(),
            amount: entry.amount.into(),
            balance: entry.balance_after.into(),
            created_at: entry.created_at,
        }
    }
}

/// One change of a balance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryBody {
    /// The entry's id.
    entry_id: Uuid,
    /// The reason of the change.
    kind: EntryKindBody,
    /// The change.
    amount: SignedPoints,
    /// The balance after it.
    balance_after: Points,
    /// The payment that a `PAYMENT` or `REFUND` belongs to, the charge by a payment provider that a `CHARGE` is of; null for
    /// the others.
    #[schema(required)]
    reference_id: Option<Uuid>,
    /// The instant of the entry.
    created_at: DateTime<Utc>,
}

/// Reason of a change of a balance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntryKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum EntryKindBody {
    /// The user charged points.
    Charge,
    /// The user paid a reservation.
    Payment,
    /// A payment was given back, or a part of it.
    Refund,
    /// An operator added points.
    Credit,
    /// An operator took points back.
    Debit,
}

impl From<LedgerEntry> for EntryBody {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            entry_id: entry.id.uuid(),
            kind: match entry.kind {
                LedgerEntryKind::Charge => EntryKindBody::Charge,
                LedgerEntryKind::Payment => EntryKindBody::Payment,
                LedgerEntryKind::Refund => EntryKindBody::Refund,
                LedgerEntryKind::Credit => EntryKindBody::Credit,
                LedgerEntryKind::Debit => EntryKindBody::Debit,
            },
            amount: entry.signed_amount().into(),
            balance_after: entry.balance_after.into(),
            reference_id: entry.reference_id,
            created_at: entry.created_at,
        }
    }
}
