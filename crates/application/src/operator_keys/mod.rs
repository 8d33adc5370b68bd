//! Operators' keys beside the owner's: made and deleted by the owner, and looked up with each request.

mod authenticate_operator;
mod bearer_key;
mod create_operator_key;
mod delete_operator_key;
mod list_operator_keys;

pub use authenticate_operator::{AuthenticateOperator, KnownOperator};
pub use bearer_key::BearerKey;
pub use create_operator_key::{CreateOperatorKey, CreatedKey, Owner};
pub use delete_operator_key::DeleteOperatorKey;
pub use list_operator_keys::ListOperatorKeys;
