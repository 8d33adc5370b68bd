//! One table for both: what the server routes to is what the OpenAPI document describes.
//!
//! Each feature in [`routes`](crate::routes) lists its [`Operation`]s; [`register()`] serves them, and [`document()`]
//! writes them down.

mod access;
mod describe;
mod document;
mod gate;
mod parameter;
mod register;
mod response;

pub(crate) use access::Access;
pub(crate) use document::document;
pub(crate) use parameter::{IdempotencyUse, QueryParameter};
pub(crate) use register::register;
pub(crate) use response::AnswerHeader;

use std::future::Future;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::Method;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{RefOr, Schema};

use self::response::Answered;
use crate::call::Call;
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;

/// The part of the service that an operation belongs to: one tag of the document each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Accounts,
    Programme,
    WaitingRoom,
    Seats,
    Reservations,
    Points,
    Payments,
    Operators,
    Service,
}

impl Tag {
    /// All of them, in the order of the document.
    pub(crate) const ALL: &[Self] = &[
        Self::Accounts,
        Self::Programme,
        Self::WaitingRoom,
        Self::Seats,
        Self::Reservations,
        Self::Points,
        Self::Payments,
        Self::Operators,
        Self::Service,
    ];

    /// Its name and what it is about.
    pub(crate) const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Accounts => ("Accounts", "Who is asking."),
            Self::Programme => ("Programme", "What there is to see and when it can be booked. Public."),
            Self::WaitingRoom => ("Waiting room", "One line per concert, admitted strictly in its order."),
            Self::Seats => ("Seats", "Seat maps, for those whose turn it is."),
            Self::Reservations => ("Reservations", "Seats held for a while, all or none."),
            Self::Points => ("Points", "What users charge beforehand and pay with."),
            Self::Payments => ("Payments", "Points for seats, in one step."),
            Self::Operators => {
                ("Operators", "The programme, the waiting rooms and the sales, with the operators' key.")
            }
            Self::Service => ("Service", "Health, metrics and documentation."),
        }
    }
}

/// The methods that operations have. A `GET` answers `HEAD` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

impl Verb {
    /// The methods that it answers.
    pub(crate) fn methods(self) -> &'static [Method] {
        match self {
            Self::Get => &[Method::GET, Method::HEAD],
            Self::Post => &[Method::POST],
            Self::Patch => &[Method::PATCH],
            Self::Delete => &[Method::DELETE],
        }
    }

    fn documented(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::Get,
            Self::Post => HttpMethod::Post,
            Self::Patch => HttpMethod::Patch,
            Self::Delete => HttpMethod::Delete,
        }
    }
}

type Outcome = Result<HttpResponse, Problem>;
type Handler = Rc<dyn Fn(Call) -> LocalBoxFuture<'static, Outcome>>;
type Schemas = Vec<(String, RefOr<Schema>)>;

/// One method on one path: its handler and everything that is documented of it.
pub(crate) struct Operation {
    verb: Verb,
    path: &'static str,
    handler: Handler,
    id: &'static str,
    tag: Tag,
    summary: &'static str,
    description: &'static str,
    access: Access,
    query: Vec<QueryParameter>,
    idempotency: Option<IdempotencyUse>,
    limited: Option<Limited>,
    revalidated: bool,
    resumable: bool,
    produces: &'static [&'static str],
    body: Option<RefOr<Schema>>,
    answers: Vec<Answered>,
    errors: Vec<Code>,
    schemas: Schemas,
}

impl Operation {
    /// What most operations answer with.
    const JSON: &[&str] = &["application/json", "application/problem+json"];
    /// What those answer with that tell of events.
    const EVENTS: &[&str] = &["text/event-stream"];

    /// An operation of anybody's, without parameters, that answers with JSON.
    pub(crate) fn new<F, O>(verb: Verb, path: &'static str, id: &'static str, tag: Tag, handler: F) -> Self
    where
        F: Fn(Call) -> O + 'static,
        O: Future<Output = Outcome> + 'static,
    {
        Self {
            verb,
            path,
            handler: Rc::new(move |call| handler(call).boxed_local()),
            id,
            tag,
            summary: "",
            description: "",
            access: Access::Public,
            query: Vec::new(),
            idempotency: None,
            limited: None,
            revalidated: false,
            resumable: false,
            produces: Self::JSON,
            body: None,
            answers: Vec::new(),
            errors: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Says in a few words what it does, and in a few sentences what matters about it.
    pub(crate) fn about(mut self, summary: &'static str, description: &'static str) -> Self {
        (self.summary, self.description) = (summary, description);
        self
    }

    /// Says whom it serves.
    pub(crate) fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Adds query parameters; all others are refused.
    pub(crate) fn query(mut self, parameters: impl IntoIterator<Item = QueryParameter>) -> Self {
        self.query.extend(parameters);
        self
    }

    /// Adds `limit` and `cursor`.
    pub(crate) fn paged(self) -> Self {
        self.query([QueryParameter::Limit, QueryParameter::Cursor])
    }

    /// Says how it uses idempotency keys.
    pub(crate) fn idempotency(mut self, idempotency: IdempotencyUse) -> Self {
        self.idempotency = Some(idempotency);
        self
    }

    /// Keeps clients to a rate, by address and by user.
    pub(crate) fn limited(mut self, limited: Limited) -> Self {
        self.limited = Some(limited);
        self
    }

    /// Says that it knows `If-None-Match`.
    pub(crate) fn revalidated(mut self) -> Self {
        self.revalidated = true;
        self
    }

    /// Answers with a stream of events, which knows `Last-Event-ID`.
    pub(crate) fn streams<T: ToSchema>(
        mut self,
        description: &'static str,
        headers: &[AnswerHeader],
    ) -> Self {
        let schema = self.reference::<T>();
        self.answers.push(Answered::events(description, headers, schema));
        self.produces = Self::EVENTS;
        self.resumable = true;
        self
    }

    /// Answers with something else than JSON, whatever `Accept` says.
    pub(crate) fn exempt_from_negotiation(mut self) -> Self {
        self.produces = &[];
        self
    }

    /// Takes a JSON body.
    pub(crate) fn body<T: ToSchema>(mut self) -> Self {
        self.body = Some(self.reference::<T>());
        self
    }

    /// Answers with a JSON body.
    pub(crate) fn answers<T: ToSchema>(
        mut self,
        status: u16,
        description: &'static str,
        headers: &[AnswerHeader],
    ) -> Self {
        let schema = self.reference::<T>();
        self.answers.push(Answered::json(status, description, headers, schema));
        self
    }

    /// Answers with something that is not described by a schema, or with nothing.
    pub(crate) fn answers_plainly(
        mut self,
        status: u16,
        description: &'static str,
        media_type: Option<&'static str>,
    ) -> Self {
        self.answers.push(Answered::plain(status, description, media_type));
        self
    }

    /// Adds the errors of its own, beyond those that follow from its access, parameters and body.
    pub(crate) fn errors(mut self, errors: &[Code]) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Its method and path.
    #[cfg(test)]
    pub(crate) fn place(&self) -> (Verb, &'static str) {
        (self.verb, self.path)
    }

    /// Whom it serves.
    #[cfg(test)]
    pub(crate) fn served(&self) -> Access {
        self.access
    }

    fn reference<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().to_string();
        self.schemas.push((name.clone(), T::schema()));
        T::schemas(&mut self.schemas);
        utoipa::openapi::Ref::from_schema_name(name).into()
    }
}
