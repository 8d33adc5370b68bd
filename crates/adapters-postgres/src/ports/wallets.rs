use async_trait::async_trait;
use diesel::sql_types::{Numeric, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::commands::{ChargeError, ChargePointsCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::Wallets;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::lane::submit;
use crate::metrics::charge_outcome;
use crate::statement::statement;
use crate::tables::{CorruptRow, LedgerEntriesBefore, amount, ledger_entry, position};

statement! {
    /// A wallet's balance.
    Balance { user_id: Uuid => SqlUuid } -> Decimal = Numeric;
    "SELECT balance FROM wallets WHERE user_id = ?"
}

#[async_trait]
impl Wallets for Postgres {
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError> {
        let result = submit(&self.wallet_lanes, command.user_id.uuid(), command).await;
        self.metrics.charges.count(charge_outcome(&result));
        result
    }

    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError> {
        let balance = self.pool.load_one(Balance { user_id: user_id.uuid() }).await?;
        Ok(balance.map_or(Ok(Amount::ZERO), |balance| amount("balance", balance))?)
    }

    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        let before = page.after.map_or(i64::MAX, position);
        let limit = i64::from(page.limit.get()) + 1;
        let rows = self.pool.load(LedgerEntriesBefore { user_id: user_id.uuid(), before, limit }).await?;
        let entries = rows.into_iter().map(ledger_entry).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(entries, page.limit, |last| last.sequence))
    }
}
