use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use futures::FutureExt;

use super::{Handler, Operation};
use crate::call::{Call, QueryParameters, accepts};
use crate::connections::Connection;
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::service::Service;

/// What every request of an operation passes before and after its handler.
#[derive(Clone)]
pub(super) struct Gate {
    handler: Handler,
    limited: Option<Limited>,
    produces: &'static [&'static str],
    query: Rc<[&'static str]>,
    service: Rc<Service>,
}

impl Gate {
    pub(super) fn of(operation: &Operation, service: Rc<Service>) -> Self {
        Self {
            handler: operation.handler.clone(),
            limited: operation.limited,
            produces: operation.produces,
            query: operation.query.iter().map(|parameter| parameter.name()).collect(),
            service,
        }
    }

    /// Lets a request through to the handler. Every refusal, and every panic, ends as a problem.
    pub(super) async fn pass(self, request: HttpRequest, payload: web::Payload) -> HttpResponse {
        let handled = AssertUnwindSafe(self.handle(request.clone(), payload)).catch_unwind().await;
        let outcome = handled.unwrap_or_else(|panic| {
            Err(Problem::new(Code::InternalError).because(&format!("a panic: {}", message(panic.as_ref()))))
        });
        outcome.unwrap_or_else(|problem| problem.respond(&request))
    }

    async fn handle(self, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
        if let (Some(limited), Some(limits)) = (self.limited, &self.service.rate_limits) {
            limits.admit_address(limited, &request)?;
        }
        if request.conn_data::<Arc<Connection>>().is_some_and(|connection| connection.is_over()) {
            return Err(Problem::malformed("The request before was to be the connection's last."));
        }
        if !self.produces.is_empty() && !accepts(request.headers(), self.produces) {
            return Err(Problem::new(Code::NotAcceptable));
        }
        let query = QueryParameters::read(request.query_string(), &self.query)?;
        (self.handler)(Call::new(self.service, self.limited, request, query, payload)).await
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
