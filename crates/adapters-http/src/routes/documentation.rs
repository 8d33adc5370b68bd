//! The documentation that the service serves of itself.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use utoipa_swagger_ui::{Config, SwaggerFile, Url};

use crate::answer::within_budget;
use crate::answer_headers::FOR_PAGES;
use crate::endpoint::{Endpoint, endpoint};
use crate::middleware::RouteMetrics;
use crate::problem::{Code, Problem, errors_page};
use crate::state::State;

const OPENAPI_PATH: &str = "/api/openapi.json";
const MAY_BE_KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_openapi).ignores_accept().errors(&[Code::RateLimited, Code::Unavailable]),
        endpoint!(show_documentation).ignores_accept(),
        endpoint!(show_errors).ignores_accept(),
    ]
}

/// Show this document
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "showOpenApi", tag = "Service", responses(
    (status = 200, description = "OpenAPI 3.1.", body = String, content_type = "application/json"),
))]
async fn show_openapi(app: State) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::json()).insert_header(MAY_BE_KEPT);
    Ok(response.body(app.openapi.clone()))
}

/// Show the documentation, to read and to try
///
/// Swagger UI.
// The same page as `/docs/`, from where it loads the rest.
#[utoipa::path(get, path = "/docs", operation_id = "showDocumentation", tag = "Service", responses(
    (status = 200, description = "Swagger UI.", body = String, content_type = "text/html"),
))]
async fn show_documentation() -> Result<HttpResponse, Problem> {
    let page = file("")?;
    let page =
        String::from_utf8_lossy(&page.bytes).replacen("<head>", "<head>\n    <base href=\"/docs/\">", 1);
    Ok(html(page))
}

/// Show every error code explained
///
/// The `type` of every problem points here.
#[utoipa::path(get, path = "/docs/errors", operation_id = "showErrors", tag = "Service", responses(
    (status = 200, description = "The list of codes.", body = String, content_type = "text/html"),
))]
async fn show_errors() -> Result<HttpResponse, Problem> {
    Ok(html(errors_page()))
}

fn html(page: String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::html()).insert_header(MAY_BE_KEPT).insert_header(FOR_PAGES);
    response.body(page)
}

/// Leads people from `/` to the documentation. No part of the API, so the document does not list it.
pub(crate) fn front_door() -> Resource {
    const PATH: &str = "/";
    web::resource(PATH)
        .get(lead_to_documentation)
        .head(lead_to_documentation)
        .app_data(RouteMetrics::of(PATH))
}

async fn lead_to_documentation() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs")).finish()
}

/// Serves Swagger UI's files under `/docs/`.
pub(crate) fn swagger_ui() -> Resource {
    const PATH: &str = "/docs/{file:.*}";
    web::resource(PATH).get(show_file).head(show_file).app_data(RouteMetrics::of("/docs/{file}"))
}

async fn show_file(name: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let file = file(&name)?;
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type).insert_header(MAY_BE_KEPT).insert_header(FOR_PAGES);
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    let body = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    within_budget(&request, response.body(body))
}

fn file(name: &str) -> Result<SwaggerFile<'static>, Problem> {
    let settings = Arc::new(Config::new([Url::new("Seatline", OPENAPI_PATH)]));
    utoipa_swagger_ui::serve(name, settings)
        .map_err(|error| Problem::new(Code::InternalError).because(&error))?
        .ok_or_else(|| Problem::new(Code::NotFound))
}
