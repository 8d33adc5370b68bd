use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{self, EntityTag};
use actix_web::{HttpRequest, HttpResponse, Responder};

use crate::coding::Coding;
use crate::extract::IfNoneMatch;

/// A body in JSON with its `ETag`, or 304 for a client that has it.
pub(crate) struct Revalidated {
    tag: EntityTag,
    /// The body and how it is coded; none for a client that has it.
    body: Option<(BoxBody, Option<Coding>)>,
    kept: &'static str,
}

impl Revalidated {
    const ASKED_ABOUT_EACH_TIME: &str = "private, no-cache";

    /// Answers with this body, unless the client has it.
    pub(crate) fn new(tag: EntityTag, body: impl MessageBody + 'static, known: &IfNoneMatch) -> Self {
        let body = (!known.knows(&tag)).then(|| (body.boxed(), None));
        Self { tag, body, kept: Self::ASKED_ABOUT_EACH_TIME }
    }

    /// Answers with a body that is coded. Its tag is a weak one: it names the content, not these very bytes.
    pub(crate) fn coded(tag: &EntityTag, body: impl MessageBody + 'static, coding: Coding) -> Self {
        let tag = EntityTag::new_weak(tag.tag().to_owned());
        Self { tag, body: Some((body.boxed(), Some(coding))), kept: Self::ASKED_ABOUT_EACH_TIME }
    }

    /// Lets anybody keep it, for a second; caches show it for some more while they ask for the next one.
    pub(crate) fn kept_for_a_second(self) -> Self {
        Self { kept: "public, max-age=1, stale-while-revalidate=5", ..self }
    }

    /// Lets anybody keep it, for five minutes.
    pub(crate) fn kept_by_everybody(self) -> Self {
        Self { kept: "public, max-age=300", ..self }
    }
}

impl Responder for Revalidated {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = if self.body.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
        response.insert_header(header::ETag(self.tag)).insert_header((header::CACHE_CONTROL, self.kept));
        let Some((body, coding)) = self.body else { return response.finish() };
        if let Some(coding) = coding {
            response.insert_header((header::CONTENT_ENCODING, coding.header()));
        }
        response.content_type(header::ContentType::json()).body(body)
    }
}
