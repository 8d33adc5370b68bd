use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, Error, HttpRequest, web};
use seatline_application::Seatline;

use crate::cors::{cors, refuse_with_a_problem};
use crate::envelope::envelope;
use crate::metrics::{self, Metrics, RouteMetrics};
use crate::operation::{document, register};
use crate::problem::{Code, Problem};
use crate::rate_limits::{self, RateLimits};
use crate::readiness::Readiness;
use crate::routes;
use crate::seat_map_renderings::SeatMapRenderings;
use crate::settings::HttpSettings;

/// What all handlers share. Each worker thread has its own, so that handling a request moves no counter that the other
/// threads look at.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) seatline: Arc<Seatline>,
    pub(crate) readiness: Arc<dyn Readiness>,
    pub(crate) metrics: Arc<dyn Metrics>,
    pub(crate) settings: HttpSettings,
    /// All threads count together.
    pub(crate) rate_limits: Option<Arc<RateLimits>>,
    pub(crate) openapi: String,
    pub(crate) seat_map_renderings: SeatMapRenderings,
}

impl Service {
    pub(crate) fn new(
        seatline: Arc<Seatline>,
        readiness: Arc<dyn Readiness>,
        metrics: Arc<dyn Metrics>,
        settings: HttpSettings,
    ) -> Self {
        metrics::describe();
        rate_limits::describe();
        let rate_limits =
            settings.rate_limits.then(|| Arc::new(RateLimits::new(settings.trusted_proxies.clone())));
        Self {
            seatline,
            readiness,
            metrics,
            settings,
            rate_limits,
            openapi: openapi_json(),
            seat_map_renderings: SeatMapRenderings::default(),
        }
    }
}

/// The OpenAPI document of the whole service, as JSON.
pub fn openapi_json() -> String {
    document(&routes::operations()).to_pretty_json().unwrap_or_default()
}

/// The application as each worker runs it.
pub(crate) fn app(
    service: Service,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let service = Rc::new(service);
    let (cors, open) = (cors(&service.settings.cors_origins), !service.settings.cors_origins.is_empty());
    App::new()
        .app_data(RouteMetrics::of(RouteMetrics::UNMATCHED))
        .configure(move |config| register(&routes::operations(), &service, config))
        .configure(routes::serve_documentation)
        .default_service(web::to(|request: HttpRequest| {
            let response = Problem::new(Code::NotFound).respond(&request);
            async move { response }
        }))
        .wrap(Condition::new(open, cors))
        .wrap(Condition::new(open, from_fn(refuse_with_a_problem)))
        .wrap(from_fn(envelope))
}
