use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Request};
use actix_server::{GracefulShutdownSignal, Server as ActixServer, ServerHandle as ActixHandle};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::HttpServer;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use futures::future::{Either, join3, pending, select};
use seatline_application::Seatline;
use socket2::SockRef;

use crate::app::{app, monitoring_app};
use crate::client_stream::ClientStream;
use crate::connections::{Connections, Refusals};
use crate::extract::{StreamLimit, refused_streams, wrong_keys};
use crate::metrics::Metrics;
use crate::middleware::describe_metrics;
use crate::openapi::openapi_json;
use crate::pages::Pages;
use crate::rate_limits::{self, RateLimits};
use crate::readiness::Readiness;
use crate::settings::{HttpLimits, HttpSettings};
use crate::state::AppState;
use crate::unsent::{self, PIECE_BYTES};

/// A server that listens, and serves once it is run.
#[must_use = "a server serves nothing until it is run"]
pub struct Server {
    address: SocketAddr,
    serving: ActixServer,
    monitoring: Option<ActixServer>,
    connections: Arc<Connections>,
    rate_limits: Option<Arc<RateLimits>>,
    seatline: Arc<Seatline>,
}

/// Stops a running [`Server`].
#[derive(Clone)]
pub struct ServerHandle {
    serving: ActixHandle,
    monitoring: Option<ActixHandle>,
    seatline: Arc<Seatline>,
}

impl Server {
    /// Listens on a bound listener, of port 0 too, and on another one that tells health and metrics to anybody. Serves pages
    /// beside the API where there are any. Needs a tokio runtime; handles no signals itself.
    ///
    /// # Errors
    /// The operating system's, when it refuses the listener.
    pub fn bind(
        listener: TcpListener,
        monitoring: Option<TcpListener>,
        seatline: Arc<Seatline>,
        readiness: Arc<dyn Readiness>,
        metrics: Arc<dyn Metrics>,
        settings: HttpSettings,
        pages: Option<Arc<dyn Pages>>,
    ) -> io::Result<Self> {
        let (limits, workers, proxies) =
            (settings.limits, settings.workers, settings.trusted_proxies.clone());
        let address = listener.local_addr()?;
        SockRef::from(&listener).listen(limits.backlog)?;
        describe_metrics();
        rate_limits::describe();
        unsent::describe();
        drop((wrong_keys(), [StreamLimit::Instance, StreamLimit::Address].map(refused_streams)));
        let openapi = openapi_json().map_err(io::Error::other)?;
        let state = AppState::new(seatline.clone(), readiness, metrics, settings, openapi).with_pages(pages);
        let rate_limits = state.rate_limits.clone();
        let monitoring = monitoring.map(|listener| monitor(listener, state.clone())).transpose()?;
        let connections = Connections::new(&limits, proxies);
        // Above the most connections there is room for those that are refused, and for those that are making room.
        let beyond = (limits.connections_max / 8).clamp(16, 512);
        let refusals = Arc::new(Refusals::new(Refusals::WAITING_MAX.min(beyond / 2)));
        let accepting = (connections.clone(), refusals);
        let server = ActixServer::build()
            .workers(workers.get())
            .max_concurrent_connections((limits.connections_max + beyond).div_ceil(workers.get()))
            .shutdown_timeout(limits.shutdown_deadline.as_secs())
            .disable_signals();
        let stopping = server.graceful_shutdown_signal();
        let server = server
            .listen("http", listener, move || {
                connection_service(state.clone(), limits, address, accepting.clone(), stopping.clone())
            })?
            .run();
        Ok(Self { address, serving: server, monitoring, connections, rate_limits, seatline })
    }

    /// The address on which it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// A handle that stops it later.
    pub fn handle(&self) -> ServerHandle {
        let monitoring = self.monitoring.as_ref().map(ActixServer::handle);
        ServerHandle { serving: self.serving.handle(), monitoring, seatline: self.seatline.clone() }
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// The operating system's, when accepting connections fails for good.
    pub async fn run(self) -> io::Result<()> {
        let forget = async {
            match &self.rate_limits {
                Some(limits) => limits.forget().await,
                None => pending().await,
            }
        };
        let monitoring = async {
            match self.monitoring {
                Some(server) => server.await,
                None => pending().await,
            }
        };
        let upkeep = pin!(join3(self.connections.watch(), forget, monitoring));
        match select(self.serving, upkeep).await {
            Either::Left((served, _)) => served,
            Either::Right((_, server)) => server.await,
        }
    }
}

/// Serves health and metrics, on a thread of its own.
fn monitor(listener: TcpListener, state: AppState) -> io::Result<ActixServer> {
    let server = HttpServer::new(move || monitoring_app(state.clone())).workers(1).disable_signals();
    Ok(server.shutdown_timeout(1).listen(listener)?.run())
}

/// Serves a connection by a worker's own application.
///
/// [`actix_web::HttpServer`] does the same for connections of actix's own type; ours say more to clients, and are looked
/// after.
fn connection_service(
    state: AppState,
    limits: HttpLimits,
    address: SocketAddr,
    (connections, refusals): (Arc<Connections>, Arc<Refusals>),
    stopping: GracefulShutdownSignal,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> {
    let app = IntoServiceFactory::<_, Request>::into_factory(app(state))
        .map_err(|error: actix_web::Error| error.error_response());
    let http = HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .client_request_timeout(limits.head_deadline)
        .client_disconnect_timeout(limits.disconnect_deadline)
        .keep_alive(limits.idle_timeout)
        .h1_write_buffer_size(PIECE_BYTES)
        .local_addr(address)
        .on_connect_ext(|stream: &ClientStream, kept| {
            kept.insert(stream.connection().clone());
        })
        .h1(map_config(app, |()| AppConfig::default()));
    fn_service(move |stream: TcpStream| {
        let (connections, refusals) = (connections.clone(), refusals.clone());
        async move {
            match ClientStream::admit(stream, connections) {
                Ok(stream) => {
                    let peer = stream.peer();
                    Ok((stream, peer))
                }
                Err((stream, refusal)) => {
                    Box::pin(refusals.answer(stream, refusal)).await;
                    Err(DispatchError::Io(ErrorKind::ConnectionRefused.into()))
                }
            }
        }
    })
    .and_then(http)
}

impl ServerHandle {
    /// Ends all streams of events, takes no more connections, lets running requests finish within
    /// [`HttpLimits::shutdown_deadline`](crate::HttpLimits::shutdown_deadline), and returns when all is done.
    pub async fn stop(&self) {
        self.seatline.streams.close();
        self.serving.stop(true).await;
        if let Some(monitoring) = &self.monitoring {
            monitoring.stop(true).await;
        }
    }
}
