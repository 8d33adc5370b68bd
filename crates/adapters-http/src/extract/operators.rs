use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use seatline_domain::audit::OperatorId;

use super::key_holder::KeyHolder;
use super::{Access, Extractor, Requirements};
use crate::problem::Problem;

/// Makes an extractor of each kind of operators. The holder of another operators' key is forbidden, and so is a user;
/// anybody else is unauthenticated.
macro_rules! operators {
    ($($(#[$meta:meta])* $name:ident)*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name(
            #[allow(dead_code, reason = "not every handler asks which operator it serves")] pub(crate) OperatorId,
        );

        impl FromRequest for $name {
            type Error = Problem;
            type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                async move { KeyHolder::with_access(&request, Access::$name).await.map(Self) }.boxed_local()
            }
        }

        impl Extractor for $name {
            fn describe(requirements: &mut Requirements) {
                requirements.access(Access::$name);
                requirements.errors(KeyHolder::ERRORS);
            }
        }
    )* };
}

operators! {
    /// The owner, who has the key of the environment.
    Owner
    /// The owner, or somebody whose key has the role `OPERATOR`.
    Operator
    /// The owner, or somebody whose key has the role `OPERATOR` or `SUPPORT`.
    Support
    /// The owner, or somebody whose key has the role `OPERATOR` or `GATE`.
    Gate
}
