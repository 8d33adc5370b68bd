use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::ServiceConfig;
use actix_web::{App, Error, HttpRequest, HttpResponse, Resource, Route, Scope, web};

use crate::endpoint::Endpoint;
use crate::middleware::{RouteMetrics, cors, finish};
use crate::page_bounds::{not_found, within_bounds};
use crate::pages::Pages;
use crate::problem::{Code, Problem};
use crate::routes;
use crate::state::{AppState, State};

/// The application as each worker runs it: middleware, routes, and problems for everything else.
pub(crate) fn app(
    state: AppState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let (cors, open) = (cors(&state.settings.cors_origins), !state.settings.cors_origins.is_empty());
    let pages = state.pages.clone();
    let unknown = pages.clone();
    let app = App::new()
        .app_data(State::of_worker(state))
        .app_data(RouteMetrics::of(RouteMetrics::UNMATCHED))
        .configure(|config| {
            serve_endpoints(routes::endpoints(), config);
            config.service(with_refusal(routes::swagger_ui(), &[Method::GET, Method::HEAD]));
            match pages {
                Some(pages) => serve_pages(&*pages, config),
                None => {
                    config.service(with_refusal(routes::front_door(), &[Method::GET, Method::HEAD]));
                }
            }
        });
    let unknown = move |request: HttpRequest| {
        ready(not_found(unknown.as_ref(), &request).ok_or_else(|| Problem::new(Code::NotFound)))
    };
    app.default_service(web::to(unknown)).wrap(Condition::new(open, cors)).wrap(from_fn(finish))
}

/// The application of the address that is for monitoring alone.
pub(crate) fn monitoring_app(
    state: AppState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let app = App::new()
        .app_data(State::of_worker(state))
        .app_data(RouteMetrics::of(RouteMetrics::UNMATCHED))
        .configure(|config| {
            for resource in routes::monitoring() {
                config.service(with_refusal(resource, &[Method::GET]));
            }
        });
    app.default_service(refuse(|| Problem::new(Code::NotFound))).wrap(from_fn(finish))
}

/// Prefixes of paths. What lies under another one costs a comparison of its prefix, however many paths that has.
const PREFIXES: [&str; 3] = ["/api/v1/admin", "/api/v1", ""];

/// The patterns that are asked for most, which are tried before all others.
const HOT: [&str; 2] = ["/api/v1/concerts/{concertId}/queue", "/api/v1/performances/{performanceId}/seats"];

/// Serves endpoints, each under the longest of the prefixes.
fn serve_endpoints(mut endpoints: Vec<Endpoint>, config: &mut ServiceConfig) {
    for prefix in PREFIXES {
        let (within, rest): (Vec<_>, _) =
            endpoints.into_iter().partition(|endpoint| is_within(prefix, &endpoint.path));
        endpoints = rest;
        if prefix.is_empty() {
            for resource in resources(prefix, within) {
                config.service(resource);
            }
        } else {
            config.service(resources(prefix, within).fold(web::scope(prefix), Scope::service));
        }
    }
}

fn is_within(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

/// One resource a path under a prefix. Paths are tried in order: those without parameters, which cost a comparison,
/// before those that cost a pattern, and of these the hot ones first.
fn resources(prefix: &str, endpoints: Vec<Endpoint>) -> impl Iterator<Item = Resource> {
    let mut paths: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        paths.entry(endpoint.path.clone()).or_default().push(endpoint);
    }
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| (path.contains('{'), !HOT.contains(&&**path)));
    paths.into_iter().map(move |(path, endpoints)| {
        let methods: Vec<_> = endpoints.iter().flat_map(Endpoint::methods).cloned().collect();
        let resource = web::resource(path.strip_prefix(prefix).unwrap_or(&path));
        let resource = resource.app_data(RouteMetrics::of(path));
        let resource =
            endpoints.into_iter().fold(resource, |resource, endpoint| resource.route(endpoint.route()));
        with_refusal(resource, &methods)
    })
}

/// Serves pages, each counted under its pattern.
fn serve_pages(pages: &dyn Pages, config: &mut ServiceConfig) {
    for (path, resource) in pages.resources() {
        config.service(resource.app_data(RouteMetrics::of(path)).wrap(from_fn(within_bounds)));
    }
}

/// Refuses other methods with a list of those that are served.
fn with_refusal(resource: Resource, methods: &[Method]) -> Resource {
    let allow: Arc<str> = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ").into();
    resource.default_service(refuse(move || Problem::method_not_allowed(allow.clone())))
}

fn refuse(problem: impl Fn() -> Problem + Clone + 'static) -> Route {
    web::to(move || ready(Err::<HttpResponse, _>(problem())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hot_is_served() {
        let paths: Vec<_> = routes::endpoints().into_iter().map(|endpoint| endpoint.path).collect();
        for hot in HOT {
            assert!(paths.iter().any(|path| path == hot), "{hot}");
        }
    }
}
