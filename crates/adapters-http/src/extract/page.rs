use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId};
use seatline_domain::page::{PageLimit, PageRequest};
use serde::Deserialize;
use utoipa::openapi::schema::{Object, Type};

use super::{Extractor, Query, Requirements};
use crate::problem::{Code, Problem};
use crate::wire::{parse_uuid, schema};

/// The page of a list that `limit` and `cursor` ask for.
#[derive(Debug)]
pub(crate) struct Page<C>(pub(crate) PageRequest<C>);

#[derive(Deserialize)]
struct PageQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The value from which a list's cursor is made. Clients see an opaque text.
pub(crate) trait Cursor: Sized {
    /// Reads one that [`PageBody`](crate::wire::PageBody) wrote.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! id_cursors {
    ($($id:ident)*) => { $(
        impl Cursor for $id {
            fn read(text: &str) -> Option<Self> {
                parse_uuid(text).map(Self::new)
            }
        }
    )* };
}

id_cursors! { ConcertId PerformanceId ReservationId PaymentId }

impl Cursor for i64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cursor for u64 {
    /// Databases count in signed numbers; what is beyond them was never given out.
    fn read(text: &str) -> Option<Self> {
        i64::read(text).and_then(|number| Self::try_from(number).ok())
    }
}

impl<C: Cursor> Page<C> {
    fn read(query: &PageQuery) -> Result<Self, Problem> {
        let limit = query.limit.map(parse_limit).transpose()?.unwrap_or_default();
        let unknown = || Problem::malformed("The cursor is not one that this list gave out.").field("cursor");
        let after = query.cursor.as_deref().map(|text| C::read(text).ok_or_else(unknown)).transpose()?;
        Ok(Self(PageRequest { limit, after }))
    }
}

fn parse_limit(number: i64) -> Result<PageLimit, Problem> {
    u16::try_from(number)
        .ok()
        .and_then(|number| PageLimit::parse(number).ok())
        .ok_or_else(|| Problem::invalid("limit", format!("The limit must be 1 to {}.", PageLimit::MAX)))
}

impl<C: Cursor> FromRequest for Page<C> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<PageQuery>::from_request(request, payload).into_inner();
        ready(query.and_then(|Query(query)| Self::read(&query)))
    }
}

impl<C: Cursor> Extractor for Page<C> {
    fn describe(requirements: &mut Requirements) {
        let limit = Object::builder()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(i64::from(PageLimit::MAX)))
            .default(Some(PageLimit::default().get().into()));
        requirements.query_parameter("limit", "How many items the page holds at most.", limit);
        let cursor = schema::text().min_length(Some(1));
        let description = "`nextCursor` of the page before; without it, the first page.";
        requirements.query_parameter("cursor", description, cursor);
        requirements.errors(&[Code::InvalidValue]);
    }
}
