use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::ServiceConfig;
use actix_web::{App, Error, HttpRequest, HttpResponse, Resource, Route, web};

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
            for resource in resources(routes::endpoints()) {
                config.service(resource);
            }
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

/// One resource a path. Paths are tried in order: those without parameters, which cost a comparison, before those that
/// cost a pattern.
fn resources(endpoints: Vec<Endpoint>) -> impl Iterator<Item = Resource> {
    let mut paths: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        paths.entry(endpoint.path.clone()).or_default().push(endpoint);
    }
    let (fixed, patterns): (Vec<_>, Vec<_>) = paths.into_iter().partition(|(path, _)| !path.contains('{'));
    fixed.into_iter().chain(patterns).map(|(path, endpoints)| {
        let methods: Vec<_> = endpoints.iter().flat_map(Endpoint::methods).cloned().collect();
        let resource = web::resource(&*path).app_data(RouteMetrics::of(path));
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
