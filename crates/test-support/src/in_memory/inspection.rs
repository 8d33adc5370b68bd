use std::fmt::Display;

use async_trait::async_trait;
use rust_decimal::Decimal;
use seatline_domain::id::ChargeId;
use seatline_domain::invariant::{Invariant, Violation};
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use seatline_domain::ports::Inspection;
use seatline_domain::storage::StorageError;

use super::{InMemory, State};

#[async_trait]
impl Inspection for InMemory {
    async fn violations(&self) -> Result<Vec<Violation>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let mut findings = Findings::default();
        state.inspect_wallets(&mut findings);
        state.inspect_owners(now, &mut findings);
        state.inspect_payments(&mut findings);
        state.inspect_refunds(&mut findings);
        state.inspect_cancellations(&mut findings);
        state.inspect_limits(now, &mut findings);
        state.inspect_check_ins(&mut findings);
        state.inspect_lines(&mut findings);
        state.inspect_capacity(&mut findings);
        state.inspect_charges(&mut findings);
        Ok(findings.0)
    }
}

/// What was found so far, at most a hundred of each invariant.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Violation>);

impl Findings {
    const MAX_EACH: usize = 100;

    pub(super) fn expect(&mut self, holds: bool, invariant: Invariant, subject: impl Display) {
        let found = self.0.iter().filter(|violation| violation.invariant == invariant).count();
        if !holds && found < Self::MAX_EACH {
            self.0.push(Violation { invariant, subject: subject.to_string() });
        }
    }
}

impl State {
    /// I2 wallet by wallet, I13 over all.
    fn inspect_wallets(&self, findings: &mut Findings) {
        let (mut balances, mut entered) = (Decimal::ZERO, Decimal::ZERO);
        for (user_id, wallet) in self.set.wallets.iter() {
            let own: Vec<_> = self.set.entries.iter().filter(|entry| entry.user_id == *user_id).collect();
            let sum: Decimal = own.iter().map(|entry| entry.signed_amount()).sum();
            findings.expect(sum == wallet.balance.decimal(), Invariant::I2, user_id);
            findings.expect(is_append_only(&own, wallet.entries), Invariant::I13, user_id);
            balances += wallet.balance.decimal();
        }
        for entry in &self.set.entries {
            entered += entry.signed_amount();
            let belongs = match entry.kind {
                LedgerEntryKind::Charge => true,
                LedgerEntryKind::Credit | LedgerEntryKind::Debit => entry.reference_id.is_none(),
                LedgerEntryKind::Payment | LedgerEntryKind::Refund => {
                    let mut payments = self.set.payments.iter();
                    payments.any(|(_, payment)| Some(payment.id.uuid()) == entry.reference_id)
                }
            };
            findings.expect(belongs, Invariant::I3, entry.id);
        }
        findings.expect(balances == entered, Invariant::I13, "the total of all balances");
        let credits: Vec<_> = self.set.credits.iter().map(|credit| credit.entry.id).collect();
        for entry in &self.set.entries {
            let by_operator = matches!(entry.kind, LedgerEntryKind::Credit | LedgerEntryKind::Debit);
            findings.expect(by_operator == credits.contains(&entry.id), Invariant::I13, entry.id);
        }
    }
}

impl State {
    /// I18: one entry for each paid charge, and none for the others.
    fn inspect_charges(&self, findings: &mut Findings) {
        for (id, charge) in self.set.charges.iter() {
            let own: Vec<_> =
                self.set.entries.iter().filter(|entry| entry.reference_id == Some(id.uuid())).collect();
            let holds = match (charge.entry_id(), own.as_slice()) {
                (None, []) => true,
                (Some(entry_id), [entry]) => {
                    entry.id == entry_id
                        && entry.user_id == charge.user_id
                        && entry.amount == charge.amount
                        && entry.kind == LedgerEntryKind::Charge
                }
                _ => false,
            };
            findings.expect(holds, Invariant::I18, id);
        }
        let charges = self.set.entries.iter().filter(|entry| entry.kind == LedgerEntryKind::Charge);
        for entry in charges {
            let known = |id| self.set.charges.get(&ChargeId::new(id)).is_some();
            findings.expect(entry.reference_id.is_none_or(known), Invariant::I18, entry.id);
        }
    }
}

/// Whether entries are numbered without gaps and each continues the balance of the one before.
fn is_append_only(entries: &[&LedgerEntry], counted: u64) -> bool {
    let mut balance = Decimal::ZERO;
    let continued = (1..).zip(entries).all(|(sequence, entry)| {
        balance += entry.signed_amount();
        entry.sequence == sequence && entry.balance_after.decimal() == balance
    });
    continued && u64::try_from(entries.len()).is_ok_and(|entries| entries == counted)
}
