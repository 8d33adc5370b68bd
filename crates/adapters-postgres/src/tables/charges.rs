use diesel::sql_types::{Array, BigInt, Integer, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::charge::{Charge, ChargeState, Checkout, Credit, Currency, ProviderName};
use seatline_domain::id::{ChargeId, LedgerEntryId, UserId};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::{CorruptRow, amount};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A charge by a provider.
    ChargeRow as charge_columns {
        charge_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        amount: Decimal => Numeric,
        currency: String => Text,
        provider: String => Text,
        state: String => Text,
        created_at: Timestamp => Timestamptz,
        settled_at: Option<Timestamp> => Nullable<Timestamptz>,
        entry_id: Option<Uuid> => Nullable<SqlUuid>,
        reference: Option<String> => Nullable<Text>,
        checkout_url: Option<String> => Nullable<Text>,
        expires_at: Option<Timestamp> => Nullable<Timestamptz>,
        gives_up_at: Option<Timestamp> => Nullable<Timestamptz>,
        look_ups: i32 => Integer,
        look_up_at: Option<Timestamp> => Nullable<Timestamptz>,
    }
}

statement! {
    /// Reads charges.
    FindCharges { charge_ids: Vec<Uuid> => Array<SqlUuid> } -> ChargeRow;
    "SELECT ", charge_columns!(), " FROM charges WHERE charge_id = ANY(?)"
}

statement! {
    /// Leases charges that are to be looked up, those that wait for longest first. Passes over rows that others have
    /// locked.
    LeaseCharges {
        seconds: i64 => BigInt,
        provider: String => Text,
        limit: i64 => BigInt,
    } -> ChargeRow;
    "UPDATE charges AS charge SET leased_until = clock_timestamp() + make_interval(secs => ?)
     FROM (
         SELECT charge_id FROM charges
         WHERE look_up_at <= clock_timestamp() AND provider = ?
               AND (leased_until IS NULL OR leased_until <= clock_timestamp())
         ORDER BY look_up_at LIMIT ? FOR UPDATE SKIP LOCKED
     ) AS due
     WHERE charge.charge_id = due.charge_id
     RETURNING ", charge_columns!(charge)
}

row! {
    /// What a provider's money is waited for.
    ChargeBacklogRow as charge_backlog_columns {
        pending: i64 => BigInt,
        oldest_ms: i64 => BigInt,
    }
}

statement! {
    /// Counts the pending charges of a provider, up to a bound, and says how old the oldest of them is.
    CountPendingCharges { provider: String => Text, limit: i64 => BigInt } -> ChargeBacklogRow;
    "SELECT count(*) AS pending,
            coalesce(floor(1000 * extract(epoch FROM clock_timestamp() - min(created_at))), -1)::bigint AS oldest_ms
     FROM (SELECT created_at FROM charges
           WHERE look_up_at IS NOT NULL AND provider = ? AND state IN ('CREATED', 'PENDING') LIMIT ?) AS pending"
}

statement! {
    /// Adds charges.
    InsertCharges {
        charge_id: Vec<Uuid> => Array<SqlUuid>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
        amount: Vec<Decimal> => Array<Numeric>,
        currency: Vec<String> => Array<Text>,
        provider: Vec<&'static str> => Array<Text>,
        state: Vec<&'static str> => Array<Text>,
        created_at: Vec<Timestamp> => Array<Timestamptz>,
        settled_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        entry_id: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        reference: Vec<Option<String>> => Array<Nullable<Text>>,
        checkout_url: Vec<Option<String>> => Array<Nullable<Text>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        gives_up_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        look_ups: Vec<i32> => Array<Integer>,
        look_up_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "INSERT INTO charges (", charge_columns!(), ")
     SELECT ", charge_columns!(unnest)
}

statement! {
    /// Writes changed charges, and ends what leases there are.
    UpdateCharges {
        charge_id: Vec<Uuid> => Array<SqlUuid>,
        state: Vec<&'static str> => Array<Text>,
        settled_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        entry_id: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        reference: Vec<Option<String>> => Array<Nullable<Text>>,
        checkout_url: Vec<Option<String>> => Array<Nullable<Text>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        gives_up_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        look_ups: Vec<i32> => Array<Integer>,
        look_up_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "UPDATE charges AS charge
     SET state = new.state, settled_at = new.settled_at, entry_id = new.entry_id, reference = new.reference,
         checkout_url = new.checkout_url, expires_at = new.expires_at, gives_up_at = new.gives_up_at,
         look_ups = new.look_ups, look_up_at = new.look_up_at, leased_until = NULL
     FROM ", arrays!(new:
         charge_id, state, settled_at, entry_id, reference, checkout_url, expires_at, gives_up_at, look_ups,
         look_up_at
     ), "
     WHERE charge.charge_id = new.charge_id"
}

statement! {
    /// Says how points are charged from now on, where they were charged in another way before.
    RecordChargingMode { mode: String => Text };
    "INSERT INTO charging_modes (mode)
     SELECT named.mode FROM (SELECT ? AS mode) AS named
     WHERE named.mode IS DISTINCT FROM (SELECT mode FROM charging_modes ORDER BY sequence DESC LIMIT 1)"
}

impl TryFrom<ChargeRow> for Charge {
    type Error = CorruptRow;

    fn try_from(row: ChargeRow) -> Result<Self, CorruptRow> {
        let missing = |what| move || CorruptRow::new(what, "NULL");
        let settled = || row.settled_at.ok_or_else(missing("end of a charge"));
        let state = match row.state.as_str() {
            "CREATED" => ChargeState::Created,
            "PENDING" => ChargeState::Pending,
            "PAID" => ChargeState::Paid(Credit {
                entry_id: row.entry_id.map(LedgerEntryId::new).ok_or_else(missing("entry of a charge"))?,
                at: settled()?,
            }),
            "REFUSED" => ChargeState::Refused { at: settled()? },
            "EXPIRED" => ChargeState::Expired { at: settled()? },
            _ => return Err(CorruptRow::new("state of a charge", row.state)),
        };
        let checkout = row.checkout_url.map(|url| {
            Ok(Checkout {
                reference: row.reference,
                url,
                expires_at: row.expires_at.ok_or_else(missing("expiry of a checkout"))?,
                gives_up_at: row.gives_up_at.ok_or_else(missing("last look-up of a charge"))?,
            })
        });
        Ok(Self {
            id: ChargeId::new(row.charge_id),
            user_id: UserId::new(row.user_id),
            amount: amount("amount of a charge", row.amount)?,
            currency: Currency::parse(&row.currency)
                .map_err(|_| CorruptRow::new("currency of a charge", row.currency))?,
            provider: ProviderName::parse(&row.provider)
                .ok_or_else(|| CorruptRow::new("provider of a charge", row.provider))?,
            state,
            checkout: checkout.transpose()?,
            look_ups: u32::try_from(row.look_ups)
                .map_err(|_| CorruptRow::new("number of look-ups", row.look_ups))?,
            look_up_at: row.look_up_at,
            created_at: row.created_at,
        })
    }
}

const fn state_column(state: ChargeState) -> &'static str {
    match state {
        ChargeState::Created => "CREATED",
        ChargeState::Pending => "PENDING",
        ChargeState::Paid(_) => "PAID",
        ChargeState::Refused { .. } => "REFUSED",
        ChargeState::Expired { .. } => "EXPIRED",
    }
}

const fn settled_column(state: ChargeState) -> Option<Timestamp> {
    match state {
        ChargeState::Created | ChargeState::Pending => None,
        ChargeState::Paid(Credit { at, .. }) | ChargeState::Refused { at } | ChargeState::Expired { at } => {
            Some(at)
        }
    }
}

/// Reads the charges that must be known. Whoever changes one has locked its user's wallet.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    charges: &mut TrackedRows<ChargeId, Charge>,
) -> Result<(), Failure> {
    if footprint.charges.is_empty() {
        return Ok(());
    }
    let charge_ids = footprint.charges.iter().map(|id| id.uuid()).collect();
    for row in lease.load(FindCharges { charge_ids }).await? {
        let charge = Charge::try_from(row)?;
        charges.load(charge.id, charge);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let added: Vec<&Charge> = set.charges.added().collect();
    if !added.is_empty() {
        Box::pin(lease.execute(insert(&added))).await?;
    }
    let changed: Vec<&Charge> = set.charges.changed().collect();
    if !changed.is_empty() {
        Box::pin(lease.execute(update(&changed))).await?;
    }
    Ok(())
}

fn insert(charges: &[&Charge]) -> InsertCharges {
    let UpdateCharges {
        charge_id,
        state,
        settled_at,
        entry_id,
        reference,
        checkout_url,
        expires_at,
        gives_up_at,
        look_ups,
        look_up_at,
    } = update(charges);
    InsertCharges {
        charge_id,
        user_id: charges.iter().map(|charge| charge.user_id.uuid()).collect(),
        amount: charges.iter().map(|charge| charge.amount.decimal()).collect(),
        currency: charges.iter().map(|charge| charge.currency.code().to_owned()).collect(),
        provider: charges.iter().map(|charge| charge.provider.as_str()).collect(),
        state,
        created_at: charges.iter().map(|charge| charge.created_at).collect(),
        settled_at,
        entry_id,
        reference,
        checkout_url,
        expires_at,
        gives_up_at,
        look_ups,
        look_up_at,
    }
}

fn update(charges: &[&Charge]) -> UpdateCharges {
    let checkouts = || charges.iter().map(|charge| charge.checkout.as_ref());
    UpdateCharges {
        charge_id: charges.iter().map(|charge| charge.id.uuid()).collect(),
        state: charges.iter().map(|charge| state_column(charge.state)).collect(),
        settled_at: charges.iter().map(|charge| settled_column(charge.state)).collect(),
        entry_id: charges.iter().map(|charge| charge.entry_id().map(LedgerEntryId::uuid)).collect(),
        reference: checkouts().map(|checkout| checkout?.reference.clone()).collect(),
        checkout_url: checkouts().map(|checkout| Some(checkout?.url.clone())).collect(),
        expires_at: checkouts().map(|checkout| Some(checkout?.expires_at)).collect(),
        gives_up_at: checkouts().map(|checkout| Some(checkout?.gives_up_at)).collect(),
        look_ups: charges.iter().map(|charge| i32::try_from(charge.look_ups).unwrap_or(i32::MAX)).collect(),
        look_up_at: charges.iter().map(|charge| charge.look_up_at).collect(),
    }
}
