//! The OpenAPI document, put together from the annotated handlers and the types of their arguments.

mod headers;
mod operation;
mod problems;

use utoipa::openapi::info::{Info, License};
use utoipa::openapi::path::{Parameter, ParameterIn, PathItem, Paths};
use utoipa::openapi::schema::Components;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{OpenApi, OpenApiBuilder, Ref, Required};
use utoipa::{PartialSchema, ToSchema};

use self::headers::AnswerHeader;
use crate::endpoint::Endpoint;
use crate::extract::Access;
use crate::problem::ProblemBody;
use crate::routes;
use crate::wire::schema;

const DESCRIPTION: &str = "Concert reservations: a waiting room that admits people in the order they came, seat maps, \
    short holds, prepaid points, and payments that never sell a seat twice.\n\n\
    JSON in and out, field names in camelCase, instants in RFC 3339 UTC, dates `YYYY-MM-DD` in the venue's time zone. \
    Unknown fields and query parameters are refused. Every `GET` answers `HEAD` too.\n\n\
    Every error is `application/problem+json` (RFC 9457) with a `code` that never changes once published; the page at \
    `/docs/errors` explains each. Besides the codes listed with an operation: `not_found` (404) on any other path, and \
    `method_not_allowed` (405, with `Allow`) for any other method on these paths. `X-Request-Id` comes back on every answer.";

/// The parts of the service, one tag each, in the order of the document.
const TAGS: [(&str, &str); 10] = [
    ("Accounts", "Who is asking."),
    ("Programme", "What there is to see and when it can be booked. Public."),
    ("Waiting room", "One line per concert, admitted strictly in its order."),
    ("Seats", "Seat maps, for those whose turn it is."),
    ("Reservations", "Seats held for a while, all or none."),
    ("Points", "What users charge beforehand and pay with."),
    ("Payments", "Points for seats, in one step."),
    ("Tickets", "What is shown at the gate, one for each seat paid."),
    (
        "Operators",
        "The programme, the waiting rooms, the sales and the support desk, with an operators' key.",
    ),
    ("Service", "Health, metrics and documentation."),
];

/// The OpenAPI document of the whole service, as JSON.
///
/// # Errors
/// An error of serialization, which a test excludes.
pub fn openapi_json() -> serde_json::Result<String> {
    document(routes::endpoints()).to_pretty_json()
}

fn document(endpoints: Vec<Endpoint>) -> OpenApi {
    let license = License::builder().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let info = Info::builder()
        .title("Seatline")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license));
    let tags =
        TAGS.map(|(name, description)| Tag::builder().name(name).description(Some(description)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::builder().url("/").description(Some("This service")).build()]))
        .tags(Some(tags))
        .components(Some(components(&endpoints)))
        .paths(paths(endpoints))
        .build()
}

fn paths(endpoints: Vec<Endpoint>) -> Paths {
    endpoints.into_iter().fold(Paths::new(), |mut paths, endpoint| {
        let path = endpoint.path.clone();
        let item = PathItem::new(endpoint.method.clone(), operation::describe(endpoint));
        match paths.paths.get_mut(&path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(path, item);
            }
        }
        paths
    })
}

fn components(endpoints: &[Endpoint]) -> Components {
    let mut schemas = vec![(ProblemBody::name().to_string(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    for endpoint in endpoints {
        schemas.extend(endpoint.schemas.iter().chain(&endpoint.requirements.schemas).cloned());
    }
    let bearer = |description: &str| {
        SecurityScheme::Http(
            Http::builder().scheme(HttpAuthScheme::Bearer).description(Some(description)).build(),
        )
    };
    let queue_token = ApiKeyValue::with_description(
        "Queue-Token",
        "A user's place in the line of one concert: `token` of `POST /api/v1/concerts/{concertId}/queue/tokens`.",
    );
    let headers = AnswerHeader::ALL.iter();
    headers
        .fold(Components::builder(), |components, header| components.header(header.name, header.describe()))
        .parameter(AnswerHeader::REQUEST_ID.name, request_id())
        .schemas_from_iter(schemas)
        .security_scheme(
            Access::USER_SCHEME,
            bearer("A user's access token, as `POST /api/v1/users` gave it once."),
        )
        .security_scheme(Access::QUEUE_SCHEME, SecurityScheme::ApiKey(ApiKey::Header(queue_token)))
        .security_scheme(Access::OPERATOR_SCHEME, bearer(
                "The owner's key, or one that `POST /api/v1/admin/keys` gave once: what it may do is its role's.",
            ))
        .build()
}

/// The header that names the request, which every operation knows.
fn request_id() -> Parameter {
    let description = "A name for the request, which comes back on the answer: 1 to 64 letters, digits, `.`, `_` and `-`. \
        Anything else is replaced by a new UUID.";
    Parameter::builder()
        .name(AnswerHeader::REQUEST_ID.name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema::text()))
        .build()
}

fn request_id_reference() -> Ref {
    Ref::new(format!("#/components/parameters/{}", AnswerHeader::REQUEST_ID.name))
}
