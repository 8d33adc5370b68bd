use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use super::no_body::broken_body;
use super::{Extractor, Requirements, single_header};
use crate::connections::Connection;
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{Misfit, Unreadable, nests_too_deep, read_json};

/// A body that is to be read: bounded in size and time, declared as plain JSON, read strictly.
///
/// Extracting it only takes hold of it: a handler reads it when all else that it checks is right.
pub(crate) struct JsonBody<T> {
    request: HttpRequest,
    payload: Payload,
    bytes_max: usize,
    read_as: PhantomData<T>,
}

/// The same of an operator, who may send a large one. A handler asks for it behind its [`Operator`](super::Operator).
pub(crate) struct OperatorBody<T>(JsonBody<T>);

impl<T> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            request: request.clone(),
            payload: payload.take(),
            bytes_max: BYTES_MAX,
            read_as: PhantomData,
        }))
    }
}

impl<T: 'static> FromRequest for OperatorBody<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = JsonBody::from_request(request, payload).into_inner();
        ready(body.map(|body| Self(JsonBody { bytes_max: OPERATOR_BYTES_MAX, ..body })))
    }
}

impl<T: ToSchema + 'static> Extractor for OperatorBody<T> {
    fn describe(requirements: &mut Requirements) {
        JsonBody::<T>::describe(requirements);
    }
}

impl<T: DeserializeOwned> OperatorBody<T> {
    /// Reads the JSON object that the operation takes.
    ///
    /// # Errors
    /// 415, 413 or 400 when the body is not such an object; 503 while too many large ones are read.
    pub(crate) async fn read(self) -> Result<T, Problem> {
        self.0.read().await
    }
}

impl<T: ToSchema> Extractor for JsonBody<T> {
    fn describe(requirements: &mut Requirements) {
        requirements.body::<T>();
        requirements.errors(&[Code::BodyTooLarge, Code::UnsupportedMediaType]);
    }
}

/// What a payment provider sends, as bytes: its signature is over these, and what they mean is the provider's adapter's to
/// say.
pub(crate) struct NoticeBody(JsonBody<ProviderNotice>);

/// A notice, in the provider's own form.
#[derive(ToSchema)]
#[schema(as = ProviderNotice, value_type = Object)]
pub(crate) struct ProviderNotice(());

impl FromRequest for NoticeBody {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = JsonBody::from_request(request, payload).into_inner();
        ready(body.map(|body| Self(JsonBody { bytes_max: NOTICE_BYTES_MAX, ..body })))
    }
}

impl Extractor for NoticeBody {
    fn describe(requirements: &mut Requirements) {
        requirements.body::<ProviderNotice>();
        requirements.errors(&[Code::BodyTooLarge]);
    }
}

impl NoticeBody {
    /// Reads all of it.
    ///
    /// # Errors
    /// 413 or 400 when it is too large or did not arrive.
    pub(crate) async fn read(mut self) -> Result<BytesMut, Problem> {
        self.0.bytes().await.map(|(body, _)| body)
    }
}

/// The same, where nothing need be sent: no body says what an empty object does.
pub(crate) struct OptionalJsonBody<T>(JsonBody<T>);

impl<T: 'static> FromRequest for OptionalJsonBody<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(JsonBody::from_request(request, payload).into_inner().map(Self))
    }
}

impl<T: ToSchema + 'static> Extractor for OptionalJsonBody<T> {
    fn describe(requirements: &mut Requirements) {
        JsonBody::<T>::describe(requirements);
        requirements.optional_body();
    }
}

impl<T: DeserializeOwned + Default> OptionalJsonBody<T> {
    /// Reads the JSON object, if one was sent.
    ///
    /// # Errors
    /// 415, 413 or 400 when there is a body that is not such an object.
    pub(crate) async fn read(mut self) -> Result<T, Problem> {
        let declared = self.0.require_plain_json();
        let (body, _turn) = self.0.bytes().await?;
        if body.is_empty() {
            return Ok(T::default());
        }
        declared?;
        parse(&body)
    }
}

/// No body is larger, but those of operators.
const BYTES_MAX: usize = 16 * 1_024;
/// No body of an operator is larger.
const OPERATOR_BYTES_MAX: usize = 1_024 * 1_024;
/// No notice of a payment provider is larger.
const NOTICE_BYTES_MAX: usize = 64 * 1_024;
/// Time in which the beginning of a body must come that is known to be too large.
const GLANCE: Duration = Duration::from_secs(1);

impl<T: DeserializeOwned> JsonBody<T> {
    /// Reads the JSON object that the operation takes.
    ///
    /// # Errors
    /// 415, 413 or 400 when the body is not such an object.
    pub(crate) async fn read(mut self) -> Result<T, Problem> {
        self.require_plain_json()?;
        let (body, _turn) = self.bytes().await?;
        parse(&body)
    }
}

impl<T> JsonBody<T> {
    fn require_plain_json(&self) -> Result<(), Problem> {
        let unsupported = || Problem::new(Code::UnsupportedMediaType);
        let content_type = single_header(&self.request, &header::CONTENT_TYPE).map_err(|_| unsupported())?;
        let content_type = content_type.and_then(|value| value.to_str().ok()).ok_or_else(unsupported)?;
        let mut encodings = self.request.headers().get_all(header::CONTENT_ENCODING);
        let encoded = encodings.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
        if encoded || !is_plain_json(content_type) { Err(unsupported()) } else { Ok(()) }
    }

    /// The whole body, with the turn to keep it in memory where it is large.
    async fn bytes(&mut self) -> Result<(BytesMut, Option<OwnedSemaphorePermit>), Problem> {
        let declared =
            self.request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let declared = declared.and_then(|text| text.parse::<u64>().ok());
        let declared_too_large = declared.is_some_and(|length| exceeds(length, self.bytes_max));
        let state = State::of(&self.request)?.clone();
        let deadline = if declared_too_large { GLANCE } else { state.settings.limits.body_deadline };
        // The beginning of one that is too large tells why.
        let bytes_max = if declared_too_large { BYTES_MAX } else { self.bytes_max };
        let mut body = BytesMut::new();
        let connection = self.request.conn_data::<Arc<Connection>>();
        let _reading = connection.map(Connection::read_body);
        let (mut turn, payload) = (None, &mut self.payload);
        let arrived = timeout(deadline, async {
            while body.len() <= bytes_max {
                match payload.next().await {
                    Some(Ok(chunk)) => body.extend_from_slice(&chunk),
                    Some(Err(_)) => return Err(broken_body(&self.request)),
                    None => break,
                }
                if body.len() > BYTES_MAX && bytes_max > BYTES_MAX && turn.is_none() {
                    turn = Some(state.large_bodies.clone().try_acquire_owned().map_err(|_| {
                        Problem::unavailable().because_of_load(&"too many large bodies are being read")
                    })?);
                    connection.inspect(|connection| connection.expect_large_body());
                }
            }
            Ok(())
        })
        .await;
        if declared_too_large || body.len() > bytes_max {
            return Err(if nests_too_deep(&body) {
                Problem::malformed("The body nests too deep.")
            } else {
                Problem::new(Code::BodyTooLarge)
            });
        }
        arrived.unwrap_or_else(|_| Err(Problem::malformed("The body did not arrive in time.")))?;
        Ok((body, turn))
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    read_json(body).map_err(|unreadable| match unreadable {
        Unreadable::NotJson => Problem::malformed("The body is not well-formed JSON."),
        Unreadable::WrongShape(Misfit { field, detail }) => {
            let problem = Problem::malformed(detail);
            if let Some(field) = field { problem.field(field) } else { problem }
        }
    })
}

fn exceeds(length: u64, bytes_max: usize) -> bool {
    usize::try_from(length).map_or(true, |length| length > bytes_max)
}

/// Whether a `Content-Type` says `application/json`, in UTF-8 if it names a character set.
fn is_plain_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            matches!(value.trim().trim_matches('"').to_ascii_lowercase().as_str(), "utf-8" | "utf8")
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; version=1",
        ] {
            assert!(is_plain_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonx",
            "application/vnd.api+json",
            "application/json, text/plain",
            "application/json; charset=utf-16",
        ] {
            assert!(!is_plain_json(bad), "{bad}");
        }
    }
}
