use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::extract::KeyHolder;
use crate::problem::Problem;
use crate::rate_limits::Limited;
use crate::state::State;

/// Keeps the address of a client to a rate, before anything else is looked at. Says to
/// [`LimitedUser`](crate::extract::LimitedUser) what for.
pub(crate) async fn limit_address(
    limited: Limited,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(limited, &request) {
        Ok(()) => {
            request.extensions_mut().insert(limited);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}

fn admit(limited: Limited, request: &ServiceRequest) -> Result<(), Problem> {
    let request = request.request();
    let Some(limits) = &State::of(request)?.rate_limits else { return Ok(()) };
    if limited.spares_operators() && KeyHolder::is_owner(request)? {
        return Ok(());
    }
    limits.admit_address(limited, request)
}
