//! A handler as it is served and as it is documented.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::{Handler, Payload};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, Responder, Route, guard, web};
use futures::FutureExt;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

use crate::answer::{coded, within_budget};
use crate::connections::Connection;
use crate::extract::{
    AcceptedCodings, Extractors, Requirements, accepts, refuse_body, refuse_unknown_parameters,
};
use crate::middleware::limit_address;
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;

/// Takes a handler that is annotated with `#[utoipa::path]`: its method, path and answers from the annotation, and from
/// the types of its arguments whom it serves, what it reads and how it refuses.
macro_rules! endpoint {
    ($handler:ident) => {
        pastey::paste! { $crate::endpoint::Endpoint::new([<__path_ $handler>], $handler) }
    };
}

pub(crate) use endpoint;

/// A handler under its method and path; [`endpoint!`] makes one.
pub(crate) struct Endpoint {
    pub(crate) path: String,
    pub(crate) method: HttpMethod,
    pub(crate) requirements: Requirements,
    /// As it is annotated.
    pub(crate) operation: Operation,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) limited: Option<Limited>,
    pub(crate) errors: Vec<Code>,
    /// The media types of its answers; empty where `Accept` does not matter.
    pub(crate) produces: &'static [&'static str],
    /// Whether large answers are coded for those who accept it.
    is_coded: bool,
    serve: Box<dyn FnOnce(Route, Rc<Preconditions>) -> Route>,
}

impl Endpoint {
    const JSON: &[&str] = &["application/json", "application/problem+json"];
    const EVENTS: &[&str] = &["text/event-stream"];

    pub(crate) fn new<P, F, A, R>(_annotation: P, handler: F) -> Self
    where
        P: Path + SchemaReferences + for<'t> Tags<'t>,
        F: Handler<A, Output = Result<R, Problem>>,
        A: Extractors + 'static,
        R: Responder + 'static,
    {
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let mut operation = P::operation();
        operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        Self {
            path: P::path(),
            is_coded: method == HttpMethod::Get,
            method,
            requirements: Requirements::of::<A>(),
            operation,
            schemas,
            limited: None,
            errors: Vec::new(),
            produces: Self::JSON,
            serve: Box::new(move |route, preconditions| {
                route.to(move |request, payload: web::Payload| {
                    let (handler, preconditions) = (handler.clone(), preconditions.clone());
                    answer_or_problem(serve(handler, preconditions, request, payload.into_inner()))
                })
            }),
        }
    }

    /// Keeps addresses to a rate, and users where the handler asks for a [`LimitedUser`](crate::extract::LimitedUser).
    pub(crate) fn limited(mut self, limited: Limited) -> Self {
        self.limited = Some(limited);
        self
    }

    /// Adds the errors of its use case, beyond those that follow from its arguments.
    pub(crate) fn errors(mut self, errors: &[Code]) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Answers with events.
    pub(crate) fn streams_events(mut self) -> Self {
        self.produces = Self::EVENTS;
        self.never_coded()
    }

    /// Sends answers as they are, whatever codings are accepted: answers that carry a secret, and those that are always
    /// small.
    pub(crate) fn never_coded(mut self) -> Self {
        self.is_coded = false;
        self
    }

    /// Answers with these media types.
    pub(crate) fn produces(mut self, media_types: &'static [&'static str]) -> Self {
        self.produces = media_types;
        self
    }

    /// Answers in the same way whatever `Accept` says.
    pub(crate) fn ignores_accept(mut self) -> Self {
        self.produces = &[];
        self
    }

    /// The methods that it answers: a `GET` answers `HEAD` too.
    pub(crate) fn methods(&self) -> &'static [Method] {
        match self.method {
            HttpMethod::Get => &[Method::GET, Method::HEAD],
            HttpMethod::Post => &[Method::POST],
            HttpMethod::Patch => &[Method::PATCH],
            HttpMethod::Delete => &[Method::DELETE],
            _ => &[],
        }
    }

    /// The handler as actix serves it.
    pub(crate) fn route(self) -> Route {
        let (methods, limited) = (self.methods(), self.limited);
        let preconditions = Preconditions {
            produces: self.produces,
            is_coded: self.is_coded,
            query_names: self.requirements.query_names(),
            takes_body: self.requirements.body.is_some(),
        };
        let route = web::route().guard(guard::fn_guard(move |of| methods.contains(&of.head().method)));
        let route = (self.serve)(route, Rc::new(preconditions));
        match limited {
            None => route,
            Some(limited) => route.wrap(from_fn(move |request, next| limit_address(limited, request, next))),
        }
    }
}

/// Checks before any argument is extracted, and whether there is to be a body after them.
struct Preconditions {
    produces: &'static [&'static str],
    is_coded: bool,
    query_names: Vec<String>,
    takes_body: bool,
}

impl Preconditions {
    fn check(&self, request: &HttpRequest) -> Result<(), Problem> {
        if request.conn_data::<Arc<Connection>>().is_some_and(|connection| connection.is_over()) {
            return Err(Problem::malformed("The request before was to be the connection's last."));
        }
        if !self.produces.is_empty() && !accepts(request.headers(), self.produces) {
            return Err(Problem::new(Code::NotAcceptable));
        }
        refuse_unknown_parameters(request.query_string(), &self.query_names)
    }

    /// The codings that the client accepts of an answer that may be coded.
    fn codings(&self, request: &HttpRequest) -> Result<Option<AcceptedCodings>, Problem> {
        if !self.is_coded {
            return Ok(None);
        }
        let accepted = AcceptedCodings::of(request);
        if self.produces.is_empty() { Ok(accepted.ok()) } else { accepted.map(Some) }
    }
}

async fn serve<F, A, R>(
    handler: F,
    preconditions: Rc<Preconditions>,
    request: HttpRequest,
    mut payload: Payload,
) -> Result<HttpResponse, Problem>
where
    F: Handler<A, Output = Result<R, Problem>>,
    A: Extractors,
    R: Responder,
{
    preconditions.check(&request)?;
    let codings = preconditions.codings(&request)?;
    let arguments = A::extract(&request, &mut payload).await?;
    if !preconditions.takes_body {
        refuse_body(&request, &mut payload).await?;
    }
    let answer = handler.call(arguments).await?.respond_to(&request).map_into_boxed_body();
    let answer = match codings {
        Some(accepted) => coded(&request, accepted, answer).await?,
        None => answer,
    };
    within_budget(&request, answer)
}

/// Makes a problem of a panic.
async fn answer_or_problem(
    serving: impl Future<Output = Result<HttpResponse, Problem>>,
) -> Result<HttpResponse, Problem> {
    AssertUnwindSafe(serving).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("without a message");
        Err(Problem::new(Code::InternalError).because(&format!("a panic: {text}")))
    })
}
