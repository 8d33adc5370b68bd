use chrono::TimeDelta;
use seatline_domain::charge::{Charge, Checkout, Currency, Finding, ProviderName, Received};
use seatline_domain::commands::{CreateChargeCommand, RecordFindingCommand};
use seatline_domain::id::{ChargeId, LedgerEntryId};
use seatline_domain::point::{Amount, LedgerEntryKind};

use crate::commands::{Roll, key};
use crate::rows::Rows;
use crate::world::{USERS, World, user_id};

impl World {
    /// A charge of a few points, or of none; now and then of a part of what has no parts.
    pub(crate) fn create_charge(&mut self, (_, _, two, three, four, five): Roll) -> CreateChargeCommand {
        let whole = Amount::whole(u32::from(three % 32) * 2);
        CreateChargeCommand {
            charge_id: ChargeId::new(self.id()),
            user_id: user_id(two % USERS),
            amount: if five % 8 == 7 { Amount::parse("10.5").unwrap() } else { whole },
            currency: Currency::KRW,
            provider: if five.is_multiple_of(2) { ProviderName::Stripe } else { ProviderName::Toss },
            key: key(four % 64).unwrap(),
        }
    }

    /// What the provider says of one of the newest charges, mostly of its user's.
    pub(crate) fn record_finding(&mut self, (_, _, two, three, four, five): Roll) -> RecordFindingCommand {
        let charges: Vec<_> = self.set.charges.iter().map(|(_, charge)| charge.clone()).collect();
        let newest = charges.iter().rev().nth(usize::from(four % 4));
        let user = user_id(two % USERS);
        let (charge_id, user_id) =
            newest.map_or((ChargeId::new(uuid::Uuid::nil()), user), |one| (one.id, one.user_id));
        RecordFindingCommand {
            charge_id,
            user_id: if five % 16 == 4 { user } else { user_id },
            finding: newest.map_or(Finding::Pending, |charge| self.finding(charge, three)),
            entry_id: LedgerEntryId::new(self.id()),
        }
    }

    /// Rather the charge's own money.
    fn finding(&self, charge: &Charge, chance: u8) -> Finding {
        let received = Received { amount: charge.amount, currency: charge.currency };
        match chance % 10 {
            0 => Finding::Pending,
            1 => Finding::Refused,
            2 => Finding::Expired,
            3 => Finding::Paid(Received { amount: Amount::whole(999), ..received }),
            4 => Finding::Paid(Received { currency: Currency::parse("JPY").unwrap(), ..received }),
            5 => Finding::Started(Checkout {
                reference: Some(charge.id.to_string()),
                url: "https://pay.example/checkout".into(),
                expires_at: self.now + TimeDelta::hours(1),
                gives_up_at: self.now + TimeDelta::hours(24),
            }),
            6 => Finding::Withheld,
            7 => Finding::Unanswered,
            _ => Finding::Paid(received),
        }
    }
}

/// A paid charge has one ledger entry of the same amount, and no other has any.
pub(crate) fn check_charges(rows: &Rows) {
    for (id, charge) in &rows.charges {
        let own = rows.entries.iter().filter(|entry| entry.reference_id == Some(id.uuid()));
        let own: Vec<_> = own.map(|entry| (entry.id, entry.kind, entry.user_id, entry.amount)).collect();
        let credit = |id| (id, LedgerEntryKind::Charge, charge.user_id, charge.amount);
        assert_eq!(own, charge.entry_id().map(credit).into_iter().collect::<Vec<_>>(), "{charge:?}");
    }
}

/// A charge that is paid stays so, and nothing of what was charged changes.
pub(crate) fn check_changes(before: &Rows, after: &Rows) {
    for (id, charge) in &before.charges {
        let after = after.charges.get(id).unwrap();
        assert!(charge.entry_id().is_none() || after == charge, "{charge:?} was paid and became {after:?}");
        assert_eq!((after.user_id, after.amount), (charge.user_id, charge.amount));
        assert_eq!((after.currency, after.provider), (charge.currency, charge.provider));
    }
}
