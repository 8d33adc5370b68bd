use std::time::Duration;

use actix_web::HttpRequest;
use seatline_domain::id::UserId;

/// What a page does that only so many may do at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Opening an account.
    OpenAccount,
    /// Typing the code of an account that is in another device.
    SignIn,
    /// Joining a waiting room.
    Join,
    /// Holding seats.
    Hold,
    /// Paying.
    Pay,
    /// Charging points.
    Charge,
    /// Looking at seats.
    SeeSeats,
    /// Looking at one's own things.
    List,
}

/// Keeps clients to a rate, as the server does on which the pages are served.
pub trait Limits: Send + Sync {
    /// Counts a request of an address; of its user as well, once they are known.
    ///
    /// # Errors
    /// The time after which it may be tried again.
    fn admit(&self, action: Action, request: &HttpRequest, user: Option<UserId>) -> Result<(), Duration>;

    /// Whether an address may try another operators' key. Counts nothing.
    fn may_guess(&self, request: &HttpRequest) -> bool;

    /// Counts a wrong operators' key.
    ///
    /// # Errors
    /// The time after which it may be tried again.
    fn wrong_key(&self, request: &HttpRequest) -> Result<(), Duration>;

    /// What the network of a client is known by.
    fn network(&self, request: &HttpRequest) -> [u8; 16];
}
