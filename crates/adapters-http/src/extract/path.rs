use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::NaiveDate;
use percent_encoding::percent_decode_str;
use seatline_domain::id::{
    ChargeId, ConcertId, EventId, OperatorKeyId, PaymentId, PerformanceId, ReservationId, UserId, WebhookId,
};
use seatline_domain::seat::hall::SectionName;
use seatline_domain::ticket::TicketId;
use utoipa::openapi::schema::ObjectBuilder;

use super::{Extractor, Requirements};
use crate::problem::Problem;
use crate::wire::{parse_date, parse_uuid, schema};

/// A value that the path names.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

/// A value that stands in paths.
pub(crate) trait PathValue: Sized {
    /// Its name in paths.
    const NAME: &'static str;
    /// Its meaning.
    const DESCRIPTION: &'static str;
    /// The detail of the problem when it cannot be read.
    const MALFORMED: &'static str;

    /// Reads it.
    fn read(text: &str) -> Option<Self>;

    /// Its form.
    fn schema() -> ObjectBuilder;
}

macro_rules! ids {
    ($($id:ident $name:literal $description:literal)*) => { $(
        impl PathValue for $id {
            const NAME: &'static str = $name;
            const DESCRIPTION: &'static str = $description;
            const MALFORMED: &'static str = "An id in the path is not a UUID of 36 characters.";

            fn read(text: &str) -> Option<Self> {
                parse_uuid(text).map(Self::new)
            }

            fn schema() -> ObjectBuilder {
                schema::uuid()
            }
        }
    )* };
}

ids! {
    ConcertId "concertId" "The concert."
    PerformanceId "performanceId" "The performance."
    ReservationId "reservationId" "The reservation."
    ChargeId "chargeId" "The charge."
    PaymentId "paymentId" "The payment."
    UserId "userId" "The user."
    OperatorKeyId "keyId" "The operators' key."
    WebhookId "webhookId" "The webhook."
    EventId "deliveryId" "The delivery."
}

impl PathValue for TicketId {
    const NAME: &'static str = "ticketId";
    const DESCRIPTION: &'static str = "The ticket.";
    const MALFORMED: &'static str =
        "The id in the path is not that of a ticket: {reservationId}.{seatNumber}.";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn schema() -> ObjectBuilder {
        schema::text()
            .pattern(Some(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9][0-9]{0,6}$"))
            .examples(["019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7"])
    }
}

impl PathValue for NaiveDate {
    const NAME: &'static str = "date";
    const DESCRIPTION: &'static str = "The date of the performances, in the venue's time zone.";
    const MALFORMED: &'static str = "The date in the path is not a date of the form YYYY-MM-DD.";

    fn read(text: &str) -> Option<Self> {
        parse_date(text)
    }

    fn schema() -> ObjectBuilder {
        schema::date()
    }
}

/// The name of a section; `None` for a text that no section is called.
#[derive(Debug)]
pub(crate) struct SectionInPath(pub(crate) Option<SectionName>);

impl PathValue for SectionInPath {
    const NAME: &'static str = "name";
    const DESCRIPTION: &'static str = "The section's name, percent-encoded.";
    const MALFORMED: &'static str = "The name in the path is not percent-encoded UTF-8.";

    fn read(text: &str) -> Option<Self> {
        // The router leaves an encoded percent sign, slash and plus sign as they are.
        let name = percent_decode_str(text).decode_utf8().ok()?;
        Some(Self(SectionName::parse(&name).ok()))
    }

    fn schema() -> ObjectBuilder {
        schema::text()
    }
}

impl<T: PathValue> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.match_info().get(T::NAME).and_then(T::read);
        ready(value.map(Self).ok_or_else(|| Problem::malformed(T::MALFORMED).field(T::NAME)))
    }
}

impl<T: PathValue> Extractor for Path<T> {
    fn describe(requirements: &mut Requirements) {
        requirements.path(T::NAME, T::DESCRIPTION, T::schema());
    }
}
