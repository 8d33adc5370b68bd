use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use seatline_domain::page::{PageLimit, PageRequest};
use serde::Deserialize;
use utoipa::openapi::schema::{Object, Type};

use super::{Extractor, Query, Requirements};
use crate::problem::{Code, Problem};
use crate::wire::{Cursor, List, schema};

/// The page of a list that `limit` and `cursor` ask for. Only the list knows its cursors: the handler reads the page last,
/// by [`Self::of`].
#[derive(Debug)]
pub(crate) struct Page {
    limit: PageLimit,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct PageQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

impl Page {
    fn read(query: PageQuery) -> Result<Self, Problem> {
        let limit = query.limit.map(parse_limit).transpose()?.unwrap_or_default();
        Ok(Self { limit, cursor: query.cursor })
    }

    /// The page of this list.
    ///
    /// # Errors
    /// 400 for a cursor that the list did not give out.
    pub(crate) fn of<C: Cursor>(self, list: &List) -> Result<PageRequest<C>, Problem> {
        let unknown = || Problem::malformed("The cursor is not one that this list gave out.").field("cursor");
        let after = self.cursor.map(|cursor| list.take(&cursor).ok_or_else(unknown)).transpose()?;
        Ok(PageRequest { limit: self.limit, after })
    }
}

pub(super) fn parse_limit(number: i64) -> Result<PageLimit, Problem> {
    u16::try_from(number)
        .ok()
        .and_then(|number| PageLimit::parse(number).ok())
        .ok_or_else(|| Problem::invalid("limit", format!("The limit must be 1 to {}.", PageLimit::MAX)))
}

impl FromRequest for Page {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<PageQuery>::from_request(request, payload).into_inner();
        ready(query.and_then(|Query(query)| Self::read(query)))
    }
}

/// Describes the parameter `limit`.
pub(super) fn describe_limit(requirements: &mut Requirements) {
    let limit = Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(i64::from(PageLimit::MAX)))
        .default(Some(PageLimit::default().get().into()));
    requirements.query_parameter("limit", "How many items the page holds at most.", limit);
}

impl Extractor for Page {
    fn describe(requirements: &mut Requirements) {
        describe_limit(requirements);
        let cursor = schema::text().min_length(Some(1));
        let description = "`nextCursor` of the page before, of the same list with the same filters; without it, the first page.";
        requirements.query_parameter("cursor", description, cursor);
        requirements.errors(&[Code::InvalidValue]);
    }
}
