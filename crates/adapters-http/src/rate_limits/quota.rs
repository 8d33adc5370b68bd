use std::time::Duration;

/// Operations of which one client may only ask for so many: those that write, those that read much, and guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Opening an account.
    Registering,
    /// Joining a waiting room.
    Joining,
    /// Holding seats.
    Holding,
    /// Charging points.
    Charging,
    /// Paying.
    Paying,
    /// Looking at the seats of a performance or a date.
    Seats,
    /// Listing one's own things.
    Listing,
    /// Trying operators' keys: only wrong ones count.
    Operating,
    /// Typing codes by which accounts come to other devices.
    SigningIn,
}

/// Bursts of requests that are allowed, and the rates at which they are refilled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotas {
    pub(super) address: Quota,
    pub(super) user: Option<Quota>,
}

/// So many requests at once, and another one after each interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    /// The most requests at once; at least one.
    pub(super) burst: u32,
    /// The time in which one more is allowed.
    pub(super) interval: Duration,
}

impl Limited {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Registering,
        Self::Joining,
        Self::Holding,
        Self::Charging,
        Self::Paying,
        Self::Seats,
        Self::Listing,
        Self::Operating,
        Self::SigningIn,
    ];

    /// Its name in the metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Registering => "register",
            Self::Joining => "join",
            Self::Holding => "hold",
            Self::Charging => "charge",
            Self::Paying => "pay",
            Self::Seats => "seats",
            Self::Listing => "list",
            Self::Operating => "operate",
            Self::SigningIn => "sign_in",
        }
    }

    /// Whether it only reads, and answers with much.
    pub(crate) const fn is_read(self) -> bool {
        matches!(self, Self::Seats | Self::Listing)
    }

    /// Whether what comes with the owner's key is not counted. It can only be where no user's token must come: a
    /// rehearsal opens thousands of accounts from one address.
    pub(crate) const fn spares_operators(self) -> bool {
        matches!(self, Self::Registering)
    }

    /// The quotas of one instance. One table for all, and the only place that knows the figures; `docs/security.md`
    /// repeats them.
    ///
    /// An address may be a household, an office or a mobile carrier's gateway with thousands of people behind it, so its
    /// limits stop floods rather than crowds. A user is one person: their limits are what a person with an impatient
    /// browser needs, several times over.
    ///
    /// * Registering has no user yet. It is the one way to make users out of nothing, so its refill is the slowest of an
    ///   address's; the burst lets an office open accounts in the minute before a sale.
    /// * Joining again finds the same place, so a reloading page joins often and harmlessly.
    /// * Holding goes seat by seat while others are quicker: two tries a second are faster than anybody clicks.
    /// * No one types an operators' key: a wrong one is a mistake of a script, or a guess.
    /// * A code for another device is typed, once in a while. It is short, so guesses must be few: so many in the ten
    ///   minutes of its life are one in billions.
    /// * Paying follows a hold, and is tried again when an answer is lost.
    /// * A page asks for a map every second or two, and at once after a seat was lost. A map that has not changed counts
    ///   as well: finding that out is what costs.
    /// * A page of one's own shows a few lists at a time.
    /// * Charging happens once or twice a visit, and calls a payment provider where there is one in front of it.
    pub(super) const fn quotas(self) -> Quotas {
        match self {
            Self::Registering => Quotas { address: quota(100, 120), user: None },
            Self::Joining => Quotas { address: quota(200, 1_200), user: Some(quota(20, 60)) },
            Self::Holding | Self::Paying => Quotas { address: quota(200, 1_200), user: Some(quota(20, 120)) },
            Self::Charging => Quotas { address: quota(100, 600), user: Some(quota(10, 30)) },
            Self::Seats => Quotas { address: quota(600, 3_600), user: Some(quota(30, 120)) },
            Self::Listing => Quotas { address: quota(600, 3_600), user: Some(quota(60, 240)) },
            Self::Operating | Self::SigningIn => Quotas { address: quota(20, 20), user: None },
        }
    }
}

const fn quota(burst: u32, refill_a_minute: u32) -> Quota {
    const MINUTE: Duration = Duration::from_mins(1);
    Quota {
        burst: if burst == 0 { 1 } else { burst },
        interval: match MINUTE.checked_div(refill_a_minute) {
            Some(interval) => interval,
            None => MINUTE,
        },
    }
}
