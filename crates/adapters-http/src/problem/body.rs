use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::Code;
use crate::request_id::RequestId;
use crate::wire::Points;

/// An error: RFC 9457 with a code for programs, the request's id, and the fields that help with this code.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProblemBody<'p> {
    /// The explanation of the code: a path of this service.
    #[schema(format = "uri-reference", example = "/docs/errors#seat_held")]
    r#type: String,
    /// A short name of the kind of error, for people.
    #[schema(example = "Seat held")]
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 409)]
    status: u16,
    /// The occurrence, for people.
    #[schema(example = "Somebody else holds these seats. `seats` lists them. Nothing was held.")]
    detail: &'p str,
    /// Identifies this occurrence, after its request id.
    #[schema(format = "uri", example = "urn:uuid:019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e")]
    instance: String,
    /// The code, for programs. Codes never change once published.
    code: Code,
    /// The request's id, as in `X-Request-Id`.
    #[schema(min_length = 1, max_length = 64, example = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e")]
    request_id: &'p str,
    #[serde(flatten)]
    extras: &'p Extras,
}

/// The fields that help with some codes.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ProblemFields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extras {
    /// With `seat_held`, `seat_sold`, `seat_blocked` and `seat_not_found`: the numbers of the seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!([7, 8]))]
    pub(crate) seats: Option<Vec<i64>>,
    /// With `not_admitted`: where in line the user stands; 1 is next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 42)]
    pub(crate) position: Option<u64>,
    /// With `unavailable` and `rate_limited`: after how many seconds to try again, as in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1)]
    pub(crate) retry_after_seconds: Option<u64>,
    /// With `invalid_value` and `malformed_request`: which field or parameter, as far as it is one of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, example = "seatNumbers")]
    pub(crate) field: Option<Cow<'static, str>>,
    /// With `insufficient_points`: how many points there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) balance: Option<Points>,
    /// With `insufficient_points`: how many points are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) required: Option<Points>,
    /// With `seat_limit_exceeded`: how many seats of the concert a user may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1)]
    pub(crate) limit: Option<u32>,
    /// With `date_ambiguous`: the performances on that date that can be booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) performances: Option<Vec<Uuid>>,
    /// With `date_ambiguous`: the same performances with their starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) bookable: Option<Vec<BookableBody>>,
    /// With `sales_not_open`: the instant at which sales open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) sales_open_at: Option<DateTime<Utc>>,
    /// With `refund_closed`: the instant until which seats could be given back; absent when they never could.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) refundable_until: Option<DateTime<Utc>>,
    /// With `sales_closed`: the instant at which sales closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) sales_close_at: Option<DateTime<Utc>>,
    /// With `performance_started`: the start of the performance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) starts_at: Option<DateTime<Utc>>,
    /// With `hold_expired`: the instant at which the hold expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// With `reservation_active`: the reservation that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) reservation_id: Option<Uuid>,
    /// With `ticket_used`: the instant at which it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) checked_in_at: Option<DateTime<Utc>>,
    /// With `ticket_used`: the gate at which it was used, where that said its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "North 2")]
    pub(crate) gate: Option<String>,
}

/// A performance that can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookablePerformance)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BookableBody {
    /// The performance's id.
    pub(super) performance_id: Uuid,
    /// Its start.
    pub(super) starts_at: DateTime<Utc>,
}

impl<'p> ProblemBody<'p> {
    /// Its media type.
    pub(crate) const MEDIA_TYPE: &'static str = "application/problem+json";

    /// Puts it together.
    pub(super) fn new(code: Code, detail: &'p str, request_id: &'p RequestId, extras: &'p Extras) -> Self {
        Self {
            r#type: code.documentation(),
            title: code.title(),
            status: code.status().as_u16(),
            detail,
            instance: request_id.urn(),
            code,
            request_id: request_id.text(),
            extras,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(Type::String)
            .description(Some("What went wrong, for programs. `/docs/errors` explains each."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .examples([serde_json::Value::from(Self::SeatHeld.as_str())])
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ErrorCode".into()
    }
}
