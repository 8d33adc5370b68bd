use async_trait::async_trait;
use seatline_domain::commands::{ChargeError, ChargePointsCommand, CreditError, CreditPointsCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::Wallets;
use seatline_domain::storage::StorageError;

use super::InMemory;
use super::paging::page_of;

#[async_trait]
impl Wallets for InMemory {
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError> {
        self.decide(&command)
    }

    async fn credit(&self, command: CreditPointsCommand) -> Result<Answer<LedgerEntry>, CreditError> {
        self.decide(&command)
    }

    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError> {
        Ok(self.state().set.wallets.get(&user_id).map_or(Amount::ZERO, |wallet| wallet.balance))
    }

    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        let state = self.state();
        let own = state.set.entries.iter().filter(|entry| entry.user_id == user_id);
        Ok(page_of(own.rev(), page, |entry| entry.sequence).map(LedgerEntry::clone))
    }
}
