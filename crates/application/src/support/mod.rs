//! What a support desk looks up: a user, and by the users' own use cases what they have and did.

mod require_user;
mod show_user;

pub use require_user::{RequireUser, RequireUserError};
pub use show_user::{ShowUser, ShownUser};
