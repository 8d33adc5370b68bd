//! Limits of the requests that one address and one user may send to the operations that cost something.
//!
//! An instance counts for itself. The address is looked at before anything else is, the user as soon as they are known,
//! before the body is read and before any lane; a refused request has done nothing. [`Limited`] lists the operations and
//! their quotas, a [`Count`](count::Count) is what one of them used up and which turns to ask again were given away, and
//! the [store](store::BoundedStore) of a [`Limiter`](limiter::Limiter) bounds the memory.

mod count;
mod limiter;
mod quota;
mod store;

pub use quota::Limited;

use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::rt::time::interval;
use metrics::{Counter, Unit, counter, describe_counter};
use seatline_domain::id::UserId;

use self::limiter::Limiter;
use self::quota::Quotas;
use crate::client_address::{TrustedProxies, client_address, key_of};
use crate::problem::Problem;

const REFUSED: &str = "seatline_rate_limited_total";
const BY_ADDRESS: &str = "address";
const BY_USER: &str = "user";

/// The limits of one instance, shared by its workers.
pub(crate) struct RateLimits {
    proxies: TrustedProxies,
    registering: Limits,
    joining: Limits,
    holding: Limits,
    charging: Limits,
    paying: Limits,
    seats: Limits,
    listing: Limits,
    operating: Limits,
    signing_in: Limits,
}

struct Limits {
    address: Limiter,
    user: Option<Limiter>,
}

impl RateLimits {
    /// The interval at which those are forgotten who have their whole quota again.
    const FORGET_EVERY: Duration = Duration::from_secs(1);

    /// Nobody has asked for anything so far.
    pub(crate) fn new(proxies: TrustedProxies) -> Self {
        let [registering, joining, holding, charging, paying, seats, listing, operating, signing_in] =
            Limited::ALL.map(Limits::of);
        Self {
            proxies,
            registering,
            joining,
            holding,
            charging,
            paying,
            seats,
            listing,
            operating,
            signing_in,
        }
    }

    /// Counts a request that its address sent.
    ///
    /// # Errors
    /// 429 when the address has used its quota up.
    pub(crate) fn admit_address(&self, limited: Limited, request: &HttpRequest) -> Result<(), Problem> {
        self.admit(limited, request, None)
            .map_err(|wait| refusal(wait, "Too many such requests came from this address. Nothing was done."))
    }

    /// Whether an address may send another wrong operators' key. Counts nothing.
    pub(crate) fn may_guess(&self, request: &HttpRequest) -> bool {
        let address = client_address(request.peer_addr(), request.headers(), &self.proxies);
        self.of(Limited::Operating).address.has_room(key_of(address), Instant::now())
    }

    /// Counts a request of this user's.
    ///
    /// # Errors
    /// 429 when the user has used their quota up.
    pub(crate) fn admit_user(&self, limited: Limited, user_id: UserId) -> Result<(), Problem> {
        let Some(by_user) = &self.of(limited).user else { return Ok(()) };
        by_user
            .admit(user_id.uuid().into_bytes(), Instant::now())
            .map_err(|wait| refusal(wait, "This user sent too many such requests. Nothing was done."))
    }

    /// Counts a request of an address, or of a user once they are known.
    ///
    /// # Errors
    /// The time after which it may be tried again.
    pub(crate) fn admit(
        &self,
        limited: Limited,
        request: &HttpRequest,
        user: Option<UserId>,
    ) -> Result<(), Duration> {
        let limits = self.of(limited);
        let Some(user) = user else {
            let address = client_address(request.peer_addr(), request.headers(), &self.proxies);
            return limits.address.admit(key_of(address), Instant::now());
        };
        let by_user = limits.user.as_ref();
        by_user.map_or(Ok(()), |by_user| by_user.admit(user.uuid().into_bytes(), Instant::now()))
    }

    /// Forgets, round after round, those who have their whole quota again.
    pub(crate) async fn forget(&self) {
        let mut rounds = interval(Self::FORGET_EVERY);
        loop {
            let now = rounds.tick().await.into_std();
            for limits in Limited::ALL.map(|limited| self.of(limited)) {
                limits.address.forget(now);
                limits.user.iter().for_each(|user| user.forget(now));
            }
        }
    }

    const fn of(&self, limited: Limited) -> &Limits {
        match limited {
            Limited::Registering => &self.registering,
            Limited::Joining => &self.joining,
            Limited::Holding => &self.holding,
            Limited::Charging => &self.charging,
            Limited::Paying => &self.paying,
            Limited::Seats => &self.seats,
            Limited::Listing => &self.listing,
            Limited::Operating => &self.operating,
            Limited::SigningIn => &self.signing_in,
        }
    }
}

impl Limits {
    fn of(limited: Limited) -> Self {
        let Quotas { address, user } = limited.quotas();
        Self {
            address: Limiter::new(address, refused(limited, BY_ADDRESS)),
            user: user.map(|quota| Limiter::new(quota, refused(limited, BY_USER))),
        }
    }
}

/// Says what is counted, and starts it at zero, with limits and without.
pub(crate) fn describe() {
    describe_counter!(REFUSED, Unit::Count, "Requests refused because too many came.");
    for limited in Limited::ALL {
        drop(Limits::of(limited));
    }
}

fn refused(limited: Limited, limit: &'static str) -> Counter {
    counter!(REFUSED, "operation" => limited.name(), "limit" => limit)
}

/// Rounded up: what is allowed by then is enough for everybody who was told to come by then.
fn refusal(wait: Duration, detail: &'static str) -> Problem {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Problem::rate_limited(seconds.max(1)).detail(detail)
}
