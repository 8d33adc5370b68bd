use utoipa::PartialSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::header::Header;

/// A header that some answers carry, described once for all.
pub(super) struct AnswerHeader {
    pub(super) name: &'static str,
    description: &'static str,
}

impl AnswerHeader {
    pub(super) const RETRY_AFTER: Self =
        Self { name: "Retry-After", description: "After how many seconds to try or to ask again." };
    pub(super) const WWW_AUTHENTICATE: Self =
        Self { name: "WWW-Authenticate", description: "`Bearer realm=\"seatline\"`." };
    pub(super) const REQUEST_ID: Self =
        Self { name: "X-Request-Id", description: "Names the request; a client's own id comes back." };

    /// All of them. A handler's `#[utoipa::path]` names those that its answers carry.
    pub(super) const ALL: &[Self] = &[
        Self { name: "Location", description: "Where to read the new thing again." },
        Self { name: "ETag", description: "Names this content; send it as `If-None-Match`." },
        Self { name: "Content-Disposition", description: "Under what name to save the answer." },
        Self { name: "Cache-Control", description: "For how long the answer may be kept." },
        Self::RETRY_AFTER,
        Self {
            name: "Idempotency-Replayed",
            description: "`true` when this is the first answer with the same key, once more.",
        },
        Self { name: "Seatline-Payments", description: "`play`: the points were credited for no money." },
        Self::WWW_AUTHENTICATE,
        Self::REQUEST_ID,
    ];

    /// The header in the document's terms.
    pub(super) fn describe(&self) -> Header {
        let schema = if self.name == Self::RETRY_AFTER.name { u32::schema() } else { String::schema() };
        Header::builder().schema(Some(schema)).description(Some(self.description)).build()
    }
}

/// Leads to the description of a header.
pub(super) fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}
