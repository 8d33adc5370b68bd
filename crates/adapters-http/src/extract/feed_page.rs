use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use seatline_domain::page::PageLimit;
use serde::Deserialize;

use super::page::{describe_limit, parse_limit};
use super::{Extractor, Query, Requirements};
use crate::problem::{Code, Problem};
use crate::wire::{Cursor, List, schema};

/// The part of a feed that `limit` and `after` ask for. Only the feed knows its cursors: the handler reads them last, by
/// [`Self::of`].
#[derive(Debug)]
pub(crate) struct FeedPage {
    pub(crate) limit: PageLimit,
    after: Option<String>,
}

#[derive(Deserialize)]
struct FeedQuery {
    limit: Option<i64>,
    after: Option<String>,
}

impl FeedPage {
    fn read(query: FeedQuery) -> Result<Self, Problem> {
        let limit = query.limit.map(parse_limit).transpose()?.unwrap_or_default();
        Ok(Self { limit, after: query.after })
    }

    /// The place in this feed.
    ///
    /// # Errors
    /// 400 for a cursor that the feed did not give out.
    pub(crate) fn of<C: Cursor>(&self, list: &List) -> Result<Option<C>, Problem> {
        let unknown = || Problem::malformed("The cursor is not one that this list gave out.").field("after");
        self.after.as_deref().map(|cursor| list.take(cursor).ok_or_else(unknown)).transpose()
    }
}

impl FromRequest for FeedPage {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<FeedQuery>::from_request(request, payload).into_inner();
        ready(query.and_then(|Query(query)| Self::read(query)))
    }
}

impl Extractor for FeedPage {
    fn describe(requirements: &mut Requirements) {
        describe_limit(requirements);
        let after = schema::text().min_length(Some(1));
        let description = "`nextCursor` of the answer before, which is never null; without it, the oldest events that are kept.";
        requirements.query_parameter("after", description, after);
        requirements.errors(&[Code::InvalidValue]);
    }
}
