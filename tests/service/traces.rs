//! Traces: one of each request and one of each batch, linked to each other.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use nix::sys::signal::Signal;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use seatline_tests::{ADMIN_KEY, Binary, Database, Operator, Sale, TestUser};
use tokio::task::spawn_blocking;

/// Takes what is exported.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

impl Collector {
    /// Starts to listen, and gives its address.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let data = Data::new(self.clone());
        let app = move || App::new().app_data(data.clone()).route("/v1/traces", web::post().to(take));
        tokio::spawn(HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run());
        format!("http://{address}")
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap().clone()
    }
}

async fn take(collector: Data<Collector>, body: Bytes) -> HttpResponse {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    collector.0.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
    HttpResponse::Ok().finish()
}

fn is_linked(from: &Span, to: &Span) -> bool {
    from.links.iter().any(|link| link.span_id == to.span_id && link.trace_id == to.trace_id)
}

/// Somebody holds a seat at an instance with this collector, which then ends.
async fn hold(endpoint: String) {
    let database = Database::create().await;
    let url = database.url().to_owned();
    let serving = spawn_blocking(move || {
        let collector = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
        Binary::serve(Binary::variables(&url).into_iter().chain(collector))
    });
    let running = serving.await.unwrap();
    let sale = Sale::builder().open(&Operator::new(running.client(), ADMIN_KEY)).await;
    let user = TestUser::register(running.client()).await.enter(&sale).await;
    user.hold(&sale, &[1]).await;
    let ended = spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
    assert!(!ended.1.contains("statement"), "the log is as it was: {}", ended.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_traced_through_its_batch_to_its_statements() {
    let collector = Collector::default();
    hold(collector.start()).await;
    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let [request] = named("POST /api/v1/reservations")[..] else { panic!("{:?}", names(&spans)) };
    let text = |key: &str| {
        let attribute = request.attributes.iter().find(|attribute| attribute.key == key);
        format!("{:?}", attribute.unwrap().value)
    };
    assert!(text("status").contains("201") && text("route").contains("/api/v1/reservations"), "{request:?}");
    let batches: Vec<_> = named("batch").into_iter().filter(|batch| is_linked(batch, request)).collect();
    let [batch] = batches[..] else { panic!("{:?}", names(&spans)) };
    assert!(is_linked(request, batch), "and the other way");
    assert_ne!(batch.trace_id, request.trace_id, "a batch serves many, and is part of none");
    let below = spans.iter().filter(|span| span.parent_span_id == batch.span_id);
    let below: Vec<_> = below.map(|span| span.name.as_str()).collect();
    for statement in ["Begin", "LockSeats", "ReadClock", "InsertReservations", "commit"] {
        assert!(below.contains(&statement), "{statement}: {below:?}");
    }
    // Nothing that is a secret or of a person.
    let everything = format!("{spans:?}");
    assert!(!everything.contains(ADMIN_KEY) && !everything.contains("Bearer"));
}

fn names(spans: &[Span]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_there_is_in_nobodys_way() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    hold(format!("http://{address}")).await;
}
