use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};

use crate::extract::IfNoneMatch;
use crate::rendering::Rendering;

/// A rendering with its `ETag`, or 304 for a client that has it.
pub(crate) struct Revalidated {
    rendering: Rendering,
    is_known: bool,
}

impl Revalidated {
    /// Answers with this rendering, unless the client has it.
    pub(crate) fn new(rendering: Rendering, known: &IfNoneMatch) -> Self {
        Self { is_known: known.knows(&rendering.tag), rendering }
    }
}

impl Responder for Revalidated {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        const KEEP_AND_ASK_AGAIN: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");
        let Rendering { body, tag } = self.rendering;
        let mut response = if self.is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header(header::ETag(tag)).insert_header(KEEP_AND_ASK_AGAIN);
        if self.is_known {
            response.finish()
        } else {
            response.content_type(header::ContentType::json()).body(body)
        }
    }
}
