use utoipa::openapi::info::{Info, License};
use utoipa::openapi::path::{PathItem, Paths};
use utoipa::openapi::schema::Components;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::Tag as DocumentedTag;
use utoipa::openapi::{OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};

use super::parameter::request_id;
use super::{Access, AnswerHeader, Operation, Tag};
use crate::problem::ProblemBody;

const DESCRIPTION: &str = "Concert reservations: a waiting room that admits people in the order they came, seat maps, \
    short holds, prepaid points, and payments that never sell a seat twice.\n\n\
    JSON in and out, field names in camelCase, instants in RFC 3339 UTC, dates `YYYY-MM-DD` in the venue's time zone. \
    Unknown fields and query parameters are refused. Every `GET` answers `HEAD` too.\n\n\
    Every error is `application/problem+json` (RFC 9457) with a `code` that never changes once published; the page at \
    `/docs/errors` explains each. Besides the codes listed with an operation: `not_found` (404) on any other path, and \
    `method_not_allowed` (405, with `Allow`) for any other method on these paths. `X-Request-Id` comes back on every answer.";

/// The OpenAPI document of these operations.
pub(crate) fn document(operations: &[Operation]) -> OpenApi {
    OpenApiBuilder::new()
        .info(
            Info::builder()
                .title("Seatline")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(
                    License::builder()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                )),
        )
        .servers(Some([Server::builder().url("/").description(Some("This service")).build()]))
        .tags(Some(Tag::ALL.iter().map(|tag| {
            let (name, description) = tag.texts();
            DocumentedTag::builder().name(name).description(Some(description)).build()
        })))
        .paths(paths(operations))
        .components(Some(components(operations)))
        .build()
}

fn paths(operations: &[Operation]) -> Paths {
    operations.iter().fold(Paths::new(), |mut paths, operation| {
        let item = PathItem::new(operation.verb.documented(), operation.describe());
        match paths.paths.get_mut(operation.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(operation.path.to_owned(), item);
            }
        }
        paths
    })
}

fn components(operations: &[Operation]) -> Components {
    let mut schemas = vec![(ProblemBody::name().to_string(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas.extend(operations.iter().flat_map(|operation| operation.schemas.clone()));
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
        .fold(Components::builder(), |components, header| components.header(header.name(), header.describe()))
        .parameter(request_id().name, request_id())
        .schemas_from_iter(schemas)
        .security_scheme(
            Access::USER_SCHEME,
            bearer("A user's access token, as `POST /api/v1/users` gave it once."),
        )
        .security_scheme(Access::QUEUE_SCHEME, SecurityScheme::ApiKey(ApiKey::Header(queue_token)))
        .security_scheme(Access::OPERATOR_SCHEME, bearer("The operators' key."))
        .build()
}
