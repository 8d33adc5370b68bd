//! Accounts: who is asking.

mod access_token;
mod authenticate;
mod register_user;
mod remove_idle_accounts;
mod show_profile;

pub use access_token::AccessToken;
pub use authenticate::{AuthenticateUser, AuthenticationError};
pub use register_user::{NewcomerRequest, RegisterUser, Registered};
pub use remove_idle_accounts::RemoveIdleAccounts;
pub use show_profile::{Profile, ProfileError, ShowProfile};
