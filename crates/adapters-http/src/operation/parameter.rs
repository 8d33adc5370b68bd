use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::page::PageLimit;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

/// The query parameters that operations know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryParameter {
    Limit,
    Cursor,
    Date,
    Bookable,
    Available,
}

/// How an operation uses idempotency keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdempotencyUse {
    Required,
    Optional,
}

impl QueryParameter {
    /// As it stands in the query.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Cursor => "cursor",
            Self::Date => "date",
            Self::Bookable => "bookable",
            Self::Available => "available",
        }
    }

    pub(super) fn describe(self) -> Parameter {
        let (description, schema) = match self {
            Self::Limit => (
                "How many items the page holds at most.",
                Object::builder()
                    .schema_type(Type::Integer)
                    .minimum(Some(1))
                    .maximum(Some(i64::from(PageLimit::MAX)))
                    .default(Some(PageLimit::default().get().into())),
            ),
            Self::Cursor => {
                ("`nextCursor` of the page before; without it, the first page.", text().min_length(Some(1)))
            }
            Self::Date => ("Only performances on this date, in the venue's time zone.", date()),
            Self::Bookable => (
                "`true` for performances that can be booked now: on sale, not started, with a free seat; \
                 `false` for the others.",
                Object::builder().schema_type(Type::Boolean),
            ),
            Self::Available => (
                "`true` for the free seats only; `false` for those that are not free. Without it, all seats.",
                Object::builder().schema_type(Type::Boolean),
            ),
        };
        parameter(self.name(), ParameterIn::Query, Required::False, description).schema(Some(schema)).build()
    }
}

impl IdempotencyUse {
    pub(super) fn describe(self) -> Parameter {
        let (required, description) = match self {
            Self::Required => (Required::True, "Makes retries safe: one key, one charge, for 24 hours."),
            Self::Optional => (
                Required::False,
                "Makes retries safe: the same key with the same request gives the first answer again, for 24 hours.",
            ),
        };
        let schema = text()
            .min_length(Some(1))
            .max_length(Some(IdempotencyKey::MAX_LENGTH))
            .pattern(Some(r"^[ -~]+$"));
        parameter("Idempotency-Key", ParameterIn::Header, required, description).schema(Some(schema)).build()
    }
}

/// The parameters in a path such as `/concerts/{concertId}`.
pub(super) fn of_path(path: &str) -> impl Iterator<Item = Parameter> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
        let (description, schema) = match name {
            "date" => ("The date of the performances, in the venue's time zone.", date()),
            "concertId" => ("Which concert.", uuid()),
            "performanceId" => ("Which performance.", uuid()),
            "reservationId" => ("Which reservation.", uuid()),
            "paymentId" => ("Which payment.", uuid()),
            _ => ("", text()),
        };
        parameter(name, ParameterIn::Path, Required::True, description).schema(Some(schema)).build()
    })
}

/// The header that carries the queue token.
pub(super) fn queue_token() -> Parameter {
    let description =
        "The queue token of the concert, as `POST /api/v1/concerts/{concertId}/queue/tokens` gave it.";
    parameter("Queue-Token", ParameterIn::Header, Required::True, description).schema(Some(text())).build()
}

/// The header that names what the client has already.
pub(super) fn if_none_match() -> Parameter {
    let description = "`ETag`s of answers that the client has; 304 when one of them is still current.";
    parameter("If-None-Match", ParameterIn::Header, Required::False, description).schema(Some(text())).build()
}

/// The header that names the event after which a stream goes on.
pub(super) fn last_event_id() -> Parameter {
    let description =
        "`id` of the last event that the client has seen; only what is different from it is told.";
    parameter("Last-Event-ID", ParameterIn::Header, Required::False, description).schema(Some(text())).build()
}

/// The header that names the request.
pub(super) fn request_id() -> Parameter {
    let description = "A name for the request, which comes back on the answer: 1 to 64 letters, digits, `.`, `_` and `-`. \
        Anything else is replaced by a new UUID.";
    parameter("X-Request-Id", ParameterIn::Header, Required::False, description).schema(Some(text())).build()
}

fn parameter(name: &str, place: ParameterIn, required: Required, description: &str) -> ParameterBuilder {
    Parameter::builder().name(name).parameter_in(place).required(required).description(Some(description))
}

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

fn uuid() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

fn date() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
}
