use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{self, EntityTag};
use actix_web::{HttpRequest, HttpResponse, Responder};

use crate::extract::IfNoneMatch;

/// A body in JSON with its `ETag`, or 304 for a client that has it.
pub(crate) struct Revalidated {
    tag: EntityTag,
    body: BoxBody,
    is_known: bool,
    kept: &'static str,
}

impl Revalidated {
    /// Answers with this body, unless the client has it.
    pub(crate) fn new(tag: EntityTag, body: impl MessageBody + 'static, known: &IfNoneMatch) -> Self {
        const ASKED_ABOUT_EACH_TIME: &str = "private, no-cache";
        Self { is_known: known.knows(&tag), tag, body: body.boxed(), kept: ASKED_ABOUT_EACH_TIME }
    }

    /// Lets anybody keep it, for five minutes.
    pub(crate) fn kept_by_everybody(self) -> Self {
        Self { kept: "public, max-age=300", ..self }
    }
}

impl Responder for Revalidated {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = if self.is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header(header::ETag(self.tag)).insert_header((header::CACHE_CONTROL, self.kept));
        if self.is_known {
            response.finish()
        } else {
            response.content_type(header::ContentType::json()).body(self.body)
        }
    }
}
