//! Extractors, by which handlers say in their argument types what they ask for: one kind a file.
//!
//! Arguments are extracted one after the other, in their order, so that the order of a handler's arguments is the order
//! in which its requests are checked; the first that is wrong is answered. Each extractor also [describes](Extractor)
//! what it asks for, from which come the access, the parameters, the body and the errors of the OpenAPI document.
//!
//! * [`User`], [`InLine`], [`InTurn`], and of operators [`Owner`], [`Operator`], [`Support`], [`Gate`] say whom a handler
//!   serves. One that asks for none is public.
//! * [`LimitedUser`] keeps the user to their rate, [`StreamShare`] an address to its share of the streams.
//! * [`Path`], [`Query`], [`Page`], [`RequiredKey`], [`OptionalKey`], [`OptionalNewcomerKey`], [`IfNoneMatch`],
//!   [`Representation`], [`LastEventId`], [`ListFormat`], [`FeedPage`] read the head.
//! * [`JsonBody`] and [`OptionalJsonBody`] only take hold of the body, which the handler reads last; [`OperatorBody`] of a larger one, where an
//!   [`Operator`] was asked for before. Where there is none, [`refuse_body`] sees to
//!   it that none is sent. [`NoticeBody`] and [`NoticeSignature`] are what a payment provider sends.

mod accept;
mod accepted_codings;
mod access;
mod feed_page;
mod fields;
mod idempotency_key;
mod if_none_match;
mod json_body;
mod key_holder;
mod last_event_id;
mod list_format;
mod no_body;
mod notice_signature;
mod operators;
mod page;
mod path;
mod query;
mod queue_token;
mod representation;
mod requirements;
mod stream_share;
mod user;

pub(crate) use accept::accepts;
pub(crate) use accepted_codings::AcceptedCodings;
pub(crate) use access::Access;
pub(crate) use feed_page::FeedPage;
pub(crate) use fields::{amount, sentence, signed_amount, text};
pub(crate) use idempotency_key::{OptionalKey, OptionalNewcomerKey, RequiredKey};
pub(crate) use if_none_match::IfNoneMatch;
pub(crate) use json_body::{JsonBody, NoticeBody, OperatorBody, OptionalJsonBody};
pub(crate) use key_holder::{KeyHolder, count_wrong, wrong_keys};
pub(crate) use last_event_id::LastEventId;
pub(crate) use list_format::ListFormat;
pub(crate) use no_body::refuse_body;
pub(crate) use notice_signature::NoticeSignature;
pub(crate) use operators::{Gate, Operator, Owner, Support};
pub(crate) use page::Page;
pub(crate) use path::{Path, SectionInPath};
pub(crate) use query::{Query, refuse_unknown_parameters};
pub(crate) use queue_token::{InLine, InTurn};
pub(crate) use representation::Representation;
pub(crate) use requirements::{Extractor, Extractors, Requirements};
pub(crate) use stream_share::{StreamLimit, StreamShare, refused_streams};
pub(crate) use user::{LimitedUser, User};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};

/// A header that may be there once is there more often.
#[derive(Debug)]
struct RepeatedHeader;

/// Reads a header that may be there once.
fn single_header<'r>(
    request: &'r HttpRequest,
    name: &HeaderName,
) -> Result<Option<&'r HeaderValue>, RepeatedHeader> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(RepeatedHeader),
        (value, None) => Ok(value),
    }
}
