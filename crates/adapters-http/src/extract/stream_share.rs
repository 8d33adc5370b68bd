use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use metrics::{Counter, Unit, counter, describe_counter};
use seatline_application::streams::StreamRefusal;

use super::{Extractor, Requirements};
use crate::address_shares::AddressShare;
use crate::problem::{Code, Problem};
use crate::state::State;

const REFUSED: &str = "seatline_event_streams_refused_total";

/// One of the streams that the address of a client may have. None where addresses are not limited.
pub(crate) struct StreamShare(pub(crate) Option<AddressShare>);

impl StreamShare {
    /// The seconds after which an address may have fewer streams.
    pub(crate) const RETRY_AFTER: u64 = 5;

    /// Takes one for the client that sent a request.
    ///
    /// # Errors
    /// 429 where its address has as many as one may have.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let Some(shares) = &State::of(request)?.stream_shares else { return Ok(Self(None)) };
        shares.take(request).map(|share| Self(Some(share))).ok_or_else(|| {
            refused_streams(StreamLimit::Address).increment(1);
            Problem::rate_limited(Self::RETRY_AFTER)
                .detail("This address has as many streams as one may have. Polling still works.")
        })
    }
}

impl FromRequest for StreamShare {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Extractor for StreamShare {
    fn describe(requirements: &mut Requirements) {
        requirements.errors(&[Code::RateLimited]);
    }
}

/// A limit of streams of events.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StreamLimit {
    /// All that an instance has.
    Instance,
    /// Those that an address may have.
    Address,
}

/// Counts streams that were refused.
pub(crate) fn refused_streams(limit: StreamLimit) -> Counter {
    describe_counter!(REFUSED, Unit::Count, "Streams of events refused because too many were open.");
    counter!(REFUSED, "limit" => match limit {
        StreamLimit::Instance => "instance",
        StreamLimit::Address => "address",
    })
}

impl From<StreamRefusal> for Problem {
    fn from(refusal: StreamRefusal) -> Self {
        match refusal {
            StreamRefusal::Full => {
                refused_streams(StreamLimit::Instance).increment(1);
                Self::unavailable()
                    .detail("As many people watch as this instance can tell. Polling still works.")
            }
            StreamRefusal::Closed => Self::unavailable().detail("This instance is about to stop."),
        }
    }
}
