//! The `Idempotency-Key` header. actix's own `Option<…>` would make `None` of an invalid key, so both uses have a type.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use seatline_application::accounts::NewcomerRequest;
use seatline_domain::idempotency::{IdempotencyKey, KeyReused};
use utoipa::openapi::Required;

use super::{Extractor, Requirements, single_header};
use crate::client_address::{client_address, key_of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::schema;

/// The header that carries the key.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The key, which must be sent.
#[derive(Debug)]
pub(crate) struct RequiredKey(pub(crate) IdempotencyKey);

/// The key, if one was sent.
#[derive(Debug)]
pub(crate) struct OptionalKey(pub(crate) Option<IdempotencyKey>);

fn read(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let invalid = || Problem::new(Code::IdempotencyKeyInvalid);
    let Some(value) = single_header(request, &IDEMPOTENCY_KEY).map_err(|_| invalid())? else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| invalid())?;
    IdempotencyKey::parse(text).map(Some).map_err(|_| invalid())
}

impl FromRequest for RequiredKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let required = |key: Option<_>| key.ok_or_else(|| Problem::new(Code::IdempotencyKeyMissing));
        ready(read(request).and_then(required).map(Self))
    }
}

impl FromRequest for OptionalKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(Self))
    }
}

impl Extractor for RequiredKey {
    fn describe(requirements: &mut Requirements) {
        let description = "Makes retries safe: one key, one charge, for 24 hours.";
        describe(requirements, Required::True, description);
        requirements.errors(&[Code::IdempotencyKeyMissing]);
    }
}

impl Extractor for OptionalKey {
    fn describe(requirements: &mut Requirements) {
        let description = "Makes retries safe: the same key with the same request gives the first answer again, for 24 hours.";
        describe(requirements, Required::False, description);
    }
}

fn describe(requirements: &mut Requirements, required: Required, description: &str) {
    let schema = schema::text()
        .min_length(Some(1))
        .max_length(Some(IdempotencyKey::MAX_LENGTH))
        .pattern(Some(r"^[ -~]+$"));
    requirements.header("Idempotency-Key", required, description, schema);
    requirements.errors(&[Code::IdempotencyKeyInvalid, Code::IdempotencyKeyReused]);
}

/// The key of somebody who has no account yet, if one was sent, with the network that it came from.
#[derive(Debug)]
pub(crate) struct OptionalNewcomerKey(pub(crate) Option<NewcomerRequest>);

impl FromRequest for OptionalNewcomerKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let of_newcomer = |key| {
            let proxies = &State::of(request)?.settings.trusted_proxies;
            let address = client_address(request.peer_addr(), request.headers(), proxies);
            Ok(NewcomerRequest { key, network: key_of(address) })
        };
        ready(read(request).and_then(|key| key.map(of_newcomer).transpose()).map(Self))
    }
}

impl Extractor for OptionalNewcomerKey {
    fn describe(requirements: &mut Requirements) {
        let description = "Makes retries safe: the same key with the same request from the same address gives the first answer again, for 24 hours. Choose it at random, of 20 characters or more, such as a UUID: that of a shorter key names the user and shows no access token, since it may come from somebody else.";
        describe(requirements, Required::False, description);
    }
}

impl From<KeyReused> for Problem {
    fn from(_: KeyReused) -> Self {
        Self::new(Code::IdempotencyKeyReused)
    }
}
