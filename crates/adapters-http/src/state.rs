use std::future::{Ready, ready};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use seatline_application::Seatline;
use tokio::sync::Semaphore;

use crate::address_shares::AddressShares;
use crate::boards::ShownBoards;
use crate::coding::CodedAnswers;
use crate::layouts::ShownLayouts;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::problem::{Code, Problem};
use crate::rate_limits::RateLimits;
use crate::readiness::Readiness;
use crate::seat_maps::ShownMaps;
use crate::settings::HttpSettings;
use crate::unsent::UnsentBytes;

/// State that handlers share. What stands behind an `Arc` is shared by all worker threads, the rest by the handlers of one.
#[derive(Clone)]
pub(crate) struct AppState {
    /// The use cases.
    pub(crate) seatline: Arc<Seatline>,
    /// None where only the API is served.
    pub(crate) pages: Option<Arc<dyn Pages>>,
    pub(crate) readiness: Arc<dyn Readiness>,
    pub(crate) metrics: Arc<dyn Metrics>,
    pub(crate) settings: HttpSettings,
    /// None when clients are kept to no rate.
    pub(crate) rate_limits: Option<Arc<RateLimits>>,
    /// None when addresses may have as many streams as there are.
    pub(crate) stream_shares: Option<Arc<AddressShares>>,
    /// The OpenAPI document.
    pub(crate) openapi: Bytes,
    pub(crate) unsent: Arc<UnsentBytes>,
    pub(crate) seat_maps: Arc<ShownMaps>,
    pub(crate) layouts: Arc<ShownLayouts>,
    pub(crate) boards: Arc<ShownBoards>,
    /// Turns to read the body of an operator that is large.
    pub(crate) large_bodies: Arc<Semaphore>,
    pub(crate) coded_answers: Arc<CodedAnswers>,
}

impl AppState {
    /// How many bodies of operators above 16 KiB are in memory at a time, with what is read out of them.
    const LARGE_BODIES_MAX: usize = 4;

    pub(crate) fn new(
        seatline: Arc<Seatline>,
        readiness: Arc<dyn Readiness>,
        metrics: Arc<dyn Metrics>,
        settings: HttpSettings,
        openapi: String,
    ) -> Self {
        let rate_limits =
            settings.rate_limits.then(|| Arc::new(RateLimits::new(settings.trusted_proxies.clone())));
        let stream_shares = settings.limits.streams_of_address_max;
        let stream_shares =
            stream_shares.map(|most| AddressShares::new(most, settings.trusted_proxies.clone()));
        let unsent = UnsentBytes::new(&settings.limits);
        let seat_maps = Arc::new(ShownMaps::new(unsent.clone()));
        let coded_answers = Arc::new(CodedAnswers::new(unsent.clone()));
        Self {
            seatline,
            pages: None,
            readiness,
            metrics,
            settings,
            rate_limits,
            stream_shares,
            openapi: openapi.into(),
            unsent,
            seat_maps,
            layouts: Arc::default(),
            boards: Arc::default(),
            large_bodies: Arc::new(Semaphore::new(Self::LARGE_BODIES_MAX)),
            coded_answers,
        }
    }
}

impl AppState {
    /// The same, with pages beside the API.
    pub(crate) fn with_pages(self, pages: Option<Arc<dyn Pages>>) -> Self {
        Self { pages, ..self }
    }
}

/// The state of the worker thread that handles a request. Each has its own, so that handling a request moves no
/// reference count that the other threads look at.
#[derive(Clone)]
pub(crate) struct State(Rc<AppState>);

impl State {
    /// One worker's.
    pub(crate) fn of_worker(state: AppState) -> Self {
        Self(Rc::new(state))
    }

    /// The state of the worker that handles this request.
    ///
    /// # Errors
    /// 500 in an application that was put together without it.
    pub(crate) fn of(request: &HttpRequest) -> Result<&Self, Problem> {
        let state = request.app_data::<Self>();
        state.ok_or_else(|| Problem::new(Code::InternalError).because(&"the application has no state"))
    }
}

impl Deref for State {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl FromRequest for State {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).cloned())
    }
}
