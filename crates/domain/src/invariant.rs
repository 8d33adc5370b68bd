//! What must always hold, whatever happens. `seatline check` and the tests share this list.

use std::fmt;

macro_rules! invariants {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// One thing that must always hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant { $(#[doc = $text] $name,)* }

        impl Invariant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What must hold.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl fmt::Display for Invariant {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => stringify!($name),)* })
            }
        }
    };
}

invariants! {
    I1 "a seat has at most one live owner"
    I2 "a wallet's balance equals the sum of its ledger entries, and is never negative"
    I3 "a paid reservation has exactly one payment, and a payment exactly one debit of the same amount"
    I4 "a payment was made before its hold expired, by the database's clock"
    I5 "an expired hold never blocks a seat"
    I6 "reservation states move only along the arrows"
    I7 "one idempotency key, one effect, one answer"
    I8 "nobody is admitted while the active passes have reached the capacity in force"
    I9 "nobody is admitted before someone with a lower number who is still waiting"
    I10 "a paid reservation's pass is no longer active"
    I11 "seats held plus bought per user and concert never exceed the highest limit there was"
    I12 "every acknowledged write is there whole; every refusal left nothing behind"
    I13 "the ledger is append-only; total of balances = charges + credits − debits − payments + refunds"
    I14 "refunds of a payment never exceed it, and each has exactly one ledger entry of the same amount"
    I15 "a cancelled performance has no live hold; once its refunds are done, none of its payments is owed"
    I16 "a ticket is used at most once, and only while it is valid"
    I17 "a blocked seat is neither held nor sold"
    I18 "no charge without the provider's money, an operator's credit or play; no provider's money without its charge"
    I19 "every event that was published for a webhook is delivered, has failed, or has its turn or a pending one before it"
}

/// Something that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The broken invariant.
    pub invariant: Invariant,
    /// What breaks it, for an operator to look up.
    pub subject: String,
}
