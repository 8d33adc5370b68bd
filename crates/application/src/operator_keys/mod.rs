//! Operators' keys beside the owner's: made and deleted by the owner, and looked up with each request; and the console's sessions, for
//! which they are exchanged.

mod authenticate_operator;
mod bearer_key;
mod create_operator_key;
mod delete_operator_key;
mod list_operator_keys;
mod operator_sessions;

pub use authenticate_operator::{AuthenticateOperator, KnownOperator};
pub use bearer_key::BearerKey;
pub use create_operator_key::{CreateOperatorKey, CreatedKey, Owner};
pub use delete_operator_key::DeleteOperatorKey;
pub use list_operator_keys::ListOperatorKeys;
pub use operator_sessions::{OpenedSession, OperatorSessions, SessionHolder, SessionKey};
