//! The documentation that the service serves of itself.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use utoipa_swagger_ui::{Config, SwaggerFile, Url};

use crate::call::Call;
use crate::metrics::RouteMetrics;
use crate::operation::{Operation, Tag, Verb};
use crate::problem::{Code, Problem, errors_page};
use crate::security_headers::FOR_PAGES;

const OPENAPI_PATH: &str = "/api/openapi.json";
const MAY_BE_KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, OPENAPI_PATH, "showOpenApi", Tag::Service, openapi)
            .about("This document", "")
            .exempt_from_negotiation()
            .answers_plainly(200, "OpenAPI 3.1.", Some("application/json")),
        Operation::new(Verb::Get, "/docs", "showDocumentation", Tag::Service, docs)
            .about("The documentation, to read and to try", "Swagger UI.")
            .exempt_from_negotiation()
            .answers_plainly(200, "Swagger UI.", Some("text/html")),
        Operation::new(Verb::Get, "/docs/errors", "showErrors", Tag::Service, errors)
            .about("Every error code explained", "The `type` of every problem points here.")
            .exempt_from_negotiation()
            .answers_plainly(200, "The list of codes.", Some("text/html")),
    ]
}

/// Serves Swagger UI's files under `/docs/`.
pub(crate) fn serve_documentation(config: &mut ServiceConfig) {
    let resource = web::resource("/docs/{file:.*}")
        .get(swagger_ui)
        .head(swagger_ui)
        .app_data(RouteMetrics::of("/docs/{file}"));
    config.service(resource.default_service(web::to(|request: HttpRequest| {
        let response = Problem::method_not_allowed("GET, HEAD").respond(&request);
        async move { response }
    })));
}

async fn swagger_ui(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    file(&name).map_or_else(
        |problem| problem.respond(&request),
        |file| {
            let mut response = HttpResponse::Ok();
            response.content_type(file.content_type).insert_header(MAY_BE_KEPT).insert_header(FOR_PAGES);
            if file.gzpipped {
                response.insert_header((header::CONTENT_ENCODING, "gzip"));
            }
            response.body(file.bytes.into_owned())
        },
    )
}

fn file(name: &str) -> Result<SwaggerFile<'static>, Problem> {
    let settings = Arc::new(Config::new([Url::new("Seatline", OPENAPI_PATH)]));
    utoipa_swagger_ui::serve(name, settings)
        .map_err(|error| Problem::new(Code::InternalError).because(&error))?
        .ok_or_else(|| Problem::new(Code::NotFound))
}

async fn openapi(call: Call) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::json()).insert_header(MAY_BE_KEPT);
    Ok(response.body(call.service().openapi.clone()))
}

/// The same page as `/docs/`, from where it loads the rest.
async fn docs(_: Call) -> Result<HttpResponse, Problem> {
    let page = file("")?;
    let page =
        String::from_utf8_lossy(&page.bytes).replacen("<head>", "<head>\n    <base href=\"/docs/\">", 1);
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::html()).insert_header(MAY_BE_KEPT).insert_header(FOR_PAGES);
    Ok(response.body(page))
}

async fn errors(_: Call) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response.content_type(header::ContentType::html()).insert_header(MAY_BE_KEPT).insert_header(FOR_PAGES);
    Ok(response.body(errors_page()))
}
