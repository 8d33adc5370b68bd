//! One request on its way through a handler.
//!
//! A handler asks a [`Call`] for what it needs, in the order in which a client is to hear what is wrong: who is
//! asking, the ids in the path, the queue token, the idempotency key, the page, and the body last. Every question is
//! answered or refused with a [`Problem`](crate::problem::Problem).

mod accept;
mod answer;
mod bearer;
mod body;
mod condition;
mod events;
mod idempotency;
mod line;
mod page;
mod path;
mod query;

pub(crate) use accept::accepts;
pub(crate) use answer::{created, json, no_content, replayable};
pub(crate) use condition::{Rendering, revalidated};
pub(crate) use query::QueryParameters;

use std::ops::Deref;
use std::rc::Rc;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, web};
use seatline_application::Seatline;

use crate::rate_limits::Limited;
use crate::seat_map_renderings::SeatMapRenderings;
use crate::service::Service;
use crate::settings::HttpSettings;

/// A request that has reached its operation.
pub(crate) struct Call {
    service: Rc<Service>,
    limited: Option<Limited>,
    request: HttpRequest,
    query: QueryParameters,
    payload: web::Payload,
}

impl Call {
    pub(crate) fn new(
        service: Rc<Service>,
        limited: Option<Limited>,
        request: HttpRequest,
        query: QueryParameters,
        payload: web::Payload,
    ) -> Self {
        Self { service, limited, request, query, payload }
    }

    /// The use cases.
    pub(crate) fn seatline(&self) -> UseCases {
        UseCases(self.service.clone())
    }

    /// Everything that the handlers share.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// Seat maps as they were rendered for others.
    pub(crate) fn seat_map_renderings(&self) -> &SeatMapRenderings {
        &self.service.seat_map_renderings
    }

    /// What an operator configured.
    pub(crate) fn settings(&self) -> &HttpSettings {
        &self.service.settings
    }

    fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// A header that may be there once: `Err` when it is there more often.
    fn single_header(&self, name: &HeaderName) -> Result<Option<&HeaderValue>, MoreThanOne> {
        let mut values = self.headers().get_all(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(MoreThanOne),
            (value, None) => Ok(value),
        }
    }
}

/// The use cases, also once the call is used up.
pub(crate) struct UseCases(Rc<Service>);

impl Deref for UseCases {
    type Target = Seatline;

    fn deref(&self) -> &Seatline {
        &self.0.seatline
    }
}

/// A header that may be there once is there more often.
#[derive(Debug)]
struct MoreThanOne;
