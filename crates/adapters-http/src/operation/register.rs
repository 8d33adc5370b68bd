use std::collections::BTreeMap;
use std::rc::Rc;

use actix_web::guard;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Resource, Route};

use super::Operation;
use super::gate::Gate;
use crate::metrics::RouteMetrics;
use crate::problem::Problem;
use crate::service::Service;

/// Serves these operations. Other methods on their paths are refused with a list of those that are served.
pub(crate) fn register(operations: &[Operation], service: &Rc<Service>, config: &mut ServiceConfig) {
    let mut paths: BTreeMap<&'static str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        paths.entry(operation.path).or_default().push(operation);
    }
    // Paths are tried in order: those without parameters, which cost a comparison, before those that cost a pattern.
    let (fixed, patterns): (Vec<_>, Vec<_>) = paths.into_iter().partition(|(path, _)| !path.contains('{'));
    for (path, operations) in fixed.into_iter().chain(patterns) {
        config.service(resource(path, &operations, service));
    }
}

fn resource(path: &'static str, operations: &[&Operation], service: &Rc<Service>) -> Resource {
    let methods = operations.iter().flat_map(|operation| operation.verb.methods());
    let allow = methods.map(Method::as_str).collect::<Vec<_>>().join(", ");
    let resource = operations
        .iter()
        .fold(web::resource(path), |resource, operation| resource.route(route(operation, service)));
    resource.app_data(RouteMetrics::of(path)).default_service(web::to(move |request: HttpRequest| {
        let response = Problem::method_not_allowed(&allow).respond(&request);
        async move { response }
    }))
}

fn route(operation: &Operation, service: &Rc<Service>) -> Route {
    let (gate, verb) = (Gate::of(operation, service.clone()), operation.verb);
    web::route()
        .guard(guard::fn_guard(move |context| verb.methods().contains(&context.head().method)))
        .to(move |request: HttpRequest, payload: web::Payload| gate.clone().pass(request, payload))
}
