use async_trait::async_trait;
use seatline_domain::commands::{ChargeError, ChargePointsCommand, CreditError, CreditPointsCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::Wallets;
use seatline_domain::storage::StorageError;

use crate::lane::submit;
use crate::metrics::charge_outcome;
use crate::postgres::Postgres;
use crate::tables::ledger_entries::FindLedgerEntriesBefore;
use crate::tables::wallets::FindBalance;
use crate::tables::{CorruptRow, amount, bigint};

#[async_trait]
impl Wallets for Postgres {
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError> {
        let result = submit(&self.cells.home().wallet_lanes, command.user_id.uuid(), command).await;
        self.metrics.charges.count(charge_outcome(&result));
        result
    }

    async fn credit(&self, command: CreditPointsCommand) -> Result<Answer<LedgerEntry>, CreditError> {
        submit(&self.cells.home().wallet_lanes, command.user_id.uuid(), command).await
    }

    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError> {
        let balance = self.shares.browsing.load_one(FindBalance { user_id: user_id.uuid() }).await?;
        Ok(balance.map_or(Ok(Amount::ZERO), |balance| amount("balance", balance))?)
    }

    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        let before = page.after.map_or(i64::MAX, bigint);
        let limit = i64::from(page.limit.get()) + 1;
        let rows = self
            .shares
            .browsing
            .load(FindLedgerEntriesBefore { user_id: user_id.uuid(), before, limit })
            .await?;
        let entries = rows.into_iter().map(LedgerEntry::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(entries, page.limit, |last| last.sequence))
    }
}
