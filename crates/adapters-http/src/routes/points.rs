//! Points: the balance, charging, and the ledger.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use seatline_domain::commands::ChargeError;
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, json, replayable};
use crate::operation::{Access, AnswerHeader, IdempotencyUse, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::wire::{AmountText, PageBody, Points, SignedPoints};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/api/v1/points", "showBalance", Tag::Points, show_balance)
            .about("Your balance", "")
            .access(Access::User)
            .answers::<BalanceBody>(200, "The balance.", &[])
            .errors(&[Code::Unavailable]),
        Operation::new(Verb::Post, "/api/v1/points/charges", "chargePoints", Tag::Points, charge)
            .about(
                "Charge points",
                "Adds above 0 and at most 10,000,000 points; a balance is at most 1,000,000,000. One key, one charge.",
            )
            .access(Access::User)
            .limited(Limited::Charging)
            .idempotency(IdempotencyUse::Required)
            .body::<ChargeBody>()
            .answers::<ChargedBody>(201, "The ledger entry.", &[AnswerHeader::IdempotencyReplayed])
            .errors(&[Code::InvalidValue, Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/points/entries", "listEntries", Tag::Points, list_entries)
            .about("Your ledger", "Every change of the balance, newest first.")
            .access(Access::User)
            .paged()
            .answers::<PageBody<EntryBody>>(200, "One page of its entries.", &[])
            .errors(&[Code::Unavailable]),
    ]
}

async fn show_balance(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let balance = call.seatline().show_balance.execute(user_id).await?;
    Ok(json(&BalanceBody { user_id: user_id.uuid(), balance: balance.into() }))
}

async fn charge(call: Call) -> Result<HttpResponse, Problem> {
    let seatline = call.seatline();
    let user_id = call.user().await?;
    let key = call.required_idempotency_key()?;
    let body: ChargeBody = call.json().await?;
    let amount = body.amount.parse("amount")?;
    let answer = seatline.charge_points.execute(user_id, amount, key).await?;
    Ok(replayable(answer, None, ChargedBody::from))
}

async fn list_entries(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let page = call.seatline().list_entries.execute(user_id, call.page()?).await?;
    Ok(json(&PageBody::render(page, EntryBody::from)))
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
    /// Whose.
    user_id: Uuid,
    /// How many.
    balance: Points,
}

/// How many points to charge.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChargePoints)]
#[serde(deny_unknown_fields)]
struct ChargeBody {
    /// Above 0, at most 10,000,000.
    amount: AmountText,
}

/// A charge, as it was entered in the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Charge)]
#[serde(rename_all = "camelCase")]
struct ChargedBody {
    /// The ledger entry.
    entry_id: Uuid,
    /// Whose wallet.
    user_id: Uuid,
    /// How many points were added.
    amount: Points,
    /// The balance after it.
    balance: Points,
    /// When.
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
struct EntryBody {
    /// Which entry.
    entry_id: Uuid,
    /// Why the balance changed.
    kind: EntryKindBody,
    /// By how much.
    amount: SignedPoints,
    /// The balance after it.
    balance_after: Points,
    /// The payment that a `PAYMENT` or `REFUND` belongs to; null for a `CHARGE`.
    #[schema(required)]
    reference_id: Option<Uuid>,
    /// When.
    created_at: DateTime<Utc>,
}

/// Why a balance changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntryKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum EntryKindBody {
    /// The user charged points.
    Charge,
    /// The user paid a reservation.
    Payment,
    /// A payment was given back.
    Refund,
}

impl From<LedgerEntry> for EntryBody {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            entry_id: entry.id.uuid(),
            kind: match entry.kind {
                LedgerEntryKind::Charge => EntryKindBody::Charge,
                LedgerEntryKind::Payment => EntryKindBody::Payment,
                LedgerEntryKind::Refund => EntryKindBody::Refund,
            },
            amount: entry.signed_amount().into(),
            balance_after: entry.balance_after.into(),
            reference_id: entry.reference_id,
            created_at: entry.created_at,
        }
    }
}
