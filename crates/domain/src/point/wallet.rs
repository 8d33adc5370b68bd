use thiserror::Error;
use uuid::Uuid;

use super::{Amount, LedgerEntry, LedgerEntryKind, policy};
use crate::Timestamp;
use crate::id::{ChargeId, LedgerEntryId, PaymentId, UserId};

/// A user's points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// How many points are in it.
    pub balance: Amount,
    /// How many entries its ledger has.
    pub entries: u64,
}

/// The charge would take the balance beyond the most that a wallet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a wallet holds at most {} points", policy::MAX_BALANCE)]
pub struct WalletFull;

/// The balance is below the amount to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the balance of {balance} is below the {required} to pay")]
pub struct InsufficientPoints {
    /// What is in the wallet.
    pub balance: Amount,
    /// What is to be paid.
    pub required: Amount,
}

impl Wallet {
    /// A new user's wallet.
    pub const fn empty(user_id: UserId) -> Self {
        Self { user_id, balance: Amount::ZERO, entries: 0 }
    }

    /// Adds points.
    ///
    /// # Errors
    /// [`WalletFull`] when the balance would be beyond [`policy::MAX_BALANCE`]; the wallet stays as it is.
    pub fn charge(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        now: Timestamp,
    ) -> Result<LedgerEntry, WalletFull> {
        let balance = self.room_for(amount)?;
        Ok(self.enter(id, LedgerEntryKind::Charge, amount, balance, None, now))
    }

    /// Adds points for which a provider took money. Money that has arrived is credited: the balance may go beyond
    /// [`policy::MAX_BALANCE`], which then keeps charges out.
    pub fn receive(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        charge: ChargeId,
        now: Timestamp,
    ) -> LedgerEntry {
        let balance = [self.balance, amount].into_iter().sum();
        self.enter(id, LedgerEntryKind::Charge, amount, balance, Some(charge.uuid()), now)
    }

    /// Makes sure that a charge of so many points could be added now.
    ///
    /// # Errors
    /// [`WalletFull`] when the balance would be beyond [`policy::MAX_BALANCE`].
    pub fn require_room(&self, amount: Amount) -> Result<(), WalletFull> {
        self.room_for(amount).map(|_| ())
    }

    /// Takes points away for a payment.
    ///
    /// # Errors
    /// [`InsufficientPoints`] when the balance is below the amount; the wallet stays as it is.
    pub fn debit(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        payment: PaymentId,
        now: Timestamp,
    ) -> Result<LedgerEntry, InsufficientPoints> {
        let balance = self.less(amount)?;
        Ok(self.enter(id, LedgerEntryKind::Payment, amount, balance, Some(payment.uuid()), now))
    }

    /// Puts the points of a payment back. Nobody is denied their own: the balance may go beyond [`policy::MAX_BALANCE`],
    /// which then keeps charges out.
    pub fn refund(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        payment: PaymentId,
        now: Timestamp,
    ) -> LedgerEntry {
        let balance = [self.balance, amount].into_iter().sum();
        self.enter(id, LedgerEntryKind::Refund, amount, balance, Some(payment.uuid()), now)
    }

    /// Adds points for an operator.
    ///
    /// # Errors
    /// [`WalletFull`], as of a charge.
    pub fn credit(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        now: Timestamp,
    ) -> Result<LedgerEntry, WalletFull> {
        let balance = self.room_for(amount)?;
        Ok(self.enter(id, LedgerEntryKind::Credit, amount, balance, None, now))
    }

    /// Takes points back for an operator.
    ///
    /// # Errors
    /// [`InsufficientPoints`] when the balance is below the amount; the wallet stays as it is.
    pub fn take_back(
        &mut self,
        id: LedgerEntryId,
        amount: Amount,
        now: Timestamp,
    ) -> Result<LedgerEntry, InsufficientPoints> {
        let balance = self.less(amount)?;
        Ok(self.enter(id, LedgerEntryKind::Debit, amount, balance, None, now))
    }

    /// The balance with so many points more.
    fn room_for(&self, amount: Amount) -> Result<Amount, WalletFull> {
        self.balance.checked_add(amount).filter(|sum| *sum <= policy::MAX_BALANCE).ok_or(WalletFull)
    }

    /// The balance with so many points less.
    fn less(&self, amount: Amount) -> Result<Amount, InsufficientPoints> {
        let insufficient = InsufficientPoints { balance: self.balance, required: amount };
        self.balance.checked_sub(amount).ok_or(insufficient)
    }

    fn enter(
        &mut self,
        id: LedgerEntryId,
        kind: LedgerEntryKind,
        amount: Amount,
        balance_after: Amount,
        reference_id: Option<Uuid>,
        created_at: Timestamp,
    ) -> LedgerEntry {
        self.balance = balance_after;
        self.entries += 1;
        LedgerEntry {
            id,
            user_id: self.user_id,
            sequence: self.entries,
            kind,
            amount,
            balance_after,
            reference_id,
            created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn wallet() -> Wallet {
        Wallet::empty(UserId::new(Uuid::nil()))
    }

    fn entry_id() -> LedgerEntryId {
        LedgerEntryId::new(Uuid::nil())
    }

    #[test]
    fn a_wallet_is_never_overfilled_or_overdrawn() {
        let mut wallet = wallet();
        wallet.charge(entry_id(), policy::MAX_BALANCE, Timestamp::default()).unwrap();
        assert_eq!(wallet.charge(entry_id(), Amount::whole(1), Timestamp::default()), Err(WalletFull));
        let payment = PaymentId::new(Uuid::nil());
        wallet.debit(entry_id(), policy::MAX_BALANCE, payment, Timestamp::default()).unwrap();
        let refused = wallet.debit(entry_id(), Amount::whole(1), payment, Timestamp::default());
        assert_eq!(refused, Err(InsufficientPoints { balance: Amount::ZERO, required: Amount::whole(1) }));
        assert_eq!(wallet.entries, 2);
    }

    proptest! {
        #[test]
        fn the_balance_is_the_sum_of_the_entries(steps in proptest::collection::vec((any::<bool>(), 0_u32..5_000), 0..60)) {
            let mut wallet = wallet();
            let mut entries = Vec::new();
            for (charge, points) in steps {
                let (amount, now) = (Amount::whole(points), Timestamp::default());
                let before = wallet.clone();
                let entry = if charge {
                    wallet.charge(entry_id(), amount, now).ok()
                } else {
                    wallet.debit(entry_id(), amount, PaymentId::new(Uuid::nil()), now).ok()
                };
                if let Some(entry) = entry {
                    prop_assert_eq!(entry.balance_after, wallet.balance);
                    prop_assert_eq!(entry.sequence, wallet.entries);
                    entries.push(entry);
                } else {
                    prop_assert_eq!(&before, &wallet);
                }
            }
            let sum: Decimal = entries.iter().map(LedgerEntry::signed_amount).sum();
            prop_assert_eq!(sum, wallet.balance.decimal());
        }
    }
}
