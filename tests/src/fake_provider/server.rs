use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::delays::{Delay, Moment};
use super::faults::{Fate, NEVER, fate, happens};
use super::{Decline, Payment, Progress, Shared, State};

pub(super) fn start(listener: TcpListener, shared: &Shared) -> ServerHandle {
    let data = Data::from(Arc::new(shared.clone()));
    let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(serve)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)
        .unwrap()
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

/// What is answered, if it is.
pub(super) type Reply = (StatusCode, Value);

async fn serve(request: HttpRequest, body: web::Bytes, shared: Data<Shared>) -> HttpResponse {
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut delay = Delay::take(&mut shared.lock().unwrap().delays, request.path());
    if let Some(delay) = delay.take_if(|delay| delay.moment == Moment::Heard) {
        delay.wait().await;
    }
    let (fate, reply) = {
        let mut state = shared.lock().unwrap();
        state.asked.push(request.path().to_owned());
        let State { behaviour, random, .. } = &mut *state;
        let fate = fate(*behaviour, random);
        let reply = if fate == Fate::Refused { unavailable() } else { state.answer(&request, &body) };
        (fate, reply)
    };
    if let Some(delay) = delay {
        delay.wait().await;
    }
    let (status, body) = match fate {
        Fate::Answered(after) => {
            sleep(after).await;
            reply
        }
        Fate::Refused => reply,
        Fate::Lost => unavailable(),
        Fate::Hung => {
            sleep(NEVER).await;
            reply
        }
    };
    HttpResponse::build(status).json(body)
}

fn unavailable() -> Reply {
    (StatusCode::SERVICE_UNAVAILABLE, json!({"error": {"type": "api_error"}, "code": "FAILED"}))
}

fn refused(status: StatusCode, code: &str) -> Reply {
    (status, json!({"error": {"code": code, "type": "invalid_request_error"}, "code": code}))
}

impl State {
    fn answer(&mut self, request: &HttpRequest, body: &str) -> Reply {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:", self.key)));
        let known = [format!("Bearer {}", self.key), basic];
        if !header("authorization").is_some_and(|value| known.iter().any(|known| known == value)) {
            return refused(StatusCode::UNAUTHORIZED, "api_key_invalid");
        }
        let key = header("idempotency-key").map(str::to_owned);
        match (request.method().as_str(), request.path()) {
            ("POST", "/v1/checkout/sessions") => self.make_session(key, body),
            ("GET", path) if path.starts_with("/v1/checkout/sessions/") => self.session(path),
            ("POST", "/v1/payments") => self.open(body),
            ("POST", "/v1/payments/confirm") => self.confirm(key, body),
            ("GET", path) if path.starts_with("/v1/payments/orders/") => self.order(path),
            _ => refused(StatusCode::NOT_FOUND, "resource_missing"),
        }
    }

    fn make_session(&mut self, key: Option<String>, body: &str) -> Reply {
        let Some(key) = key else { return refused(StatusCode::BAD_REQUEST, "no_key") };
        if let Some((charge_id, first)) = self.keys.get(&key) {
            if first != body {
                return (StatusCode::BAD_REQUEST, json!({"error": {"type": "idempotency_error"}}));
            }
            let payment = &self.payments[charge_id];
            return (StatusCode::OK, session_of(charge_id, payment, &self.base));
        }
        let fields: std::collections::BTreeMap<_, _> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let charge_id = field("client_reference_id");
        let Ok(amount) = field("line_items[0][price_data][unit_amount]").parse() else {
            return refused(StatusCode::BAD_REQUEST, "amount_invalid");
        };
        let is_paid = happens(&mut self.random, self.behaviour.paid_at_once);
        let lies = u32::from(happens(&mut self.random, self.behaviour.lied_about));
        let payment = Payment {
            id: format!("cs_test_{}", self.payments.len()),
            amount,
            currency: field("line_items[0][price_data][currency]").to_uppercase(),
            progress: if is_paid { Progress::Paid } else { Progress::Open },
            told: Some((amount + 1, "KRW".to_owned())),
            lies,
            agreed_with: None,
        };
        let told = session_of(&charge_id, &payment, &self.base);
        self.keys.insert(key, (charge_id.clone(), body.to_owned()));
        self.payments.insert(charge_id, payment);
        (StatusCode::OK, told)
    }

    fn session(&mut self, path: &str) -> Reply {
        let id = path.trim_start_matches("/v1/checkout/sessions/");
        let found = self.payments.iter_mut().find(|(_, payment)| payment.id == id);
        let Some((charge_id, payment)) = found else {
            return refused(StatusCode::NOT_FOUND, "resource_missing");
        };
        if self.withheld.contains(charge_id) {
            return refused(StatusCode::BAD_REQUEST, "parameter_invalid");
        }
        let told = payment.tell();
        (StatusCode::OK, session_of(charge_id, &told, &self.base))
    }

    fn open(&mut self, body: &str) -> Reply {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let order = body["orderId"].as_str().unwrap_or_default();
        (StatusCode::OK, json!({"orderId": order, "checkout": {"url": format!("{}/pay/{order}", self.base)}}))
    }

    /// Confirms a payment, once for an idempotency key, whatever comes with it.
    fn confirm(&mut self, key: Option<String>, body: &str) -> Reply {
        let Some(key) = key else { return refused(StatusCode::BAD_REQUEST, "no_key") };
        if let Some(first) = self.confirmations.get(&key) {
            return first.clone();
        }
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let order = body["orderId"].as_str().unwrap_or_default();
        let Some(payment) = self.payments.get_mut(order) else {
            return refused(StatusCode::NOT_FOUND, "NOT_FOUND_PAYMENT");
        };
        let reply = payment.confirm(&body, self.declines.remove(order));
        self.confirmations.insert(key, reply.clone());
        reply
    }

    fn order(&mut self, path: &str) -> Reply {
        let order = path.trim_start_matches("/v1/payments/orders/");
        if self.withheld.contains(order) {
            return refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST");
        }
        match self.payments.get_mut(order) {
            Some(payment) => (StatusCode::OK, payment_of(order, &payment.tell())),
            None => refused(StatusCode::NOT_FOUND, "NOT_FOUND_PAYMENT"),
        }
    }
}

impl Payment {
    fn confirm(&mut self, body: &Value, decline: Option<Decline>) -> Reply {
        if self.agreed_with.as_deref() != body["paymentKey"].as_str() || body["amount"] != self.amount {
            return refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST");
        }
        if self.progress == Progress::Agreed {
            if let Some(Decline { status, code, aborts }) = decline {
                self.progress = if aborts { Progress::Aborted } else { Progress::Agreed };
                return refused(status, &code);
            }
            self.progress = Progress::Paid;
        }
        (StatusCode::OK, payment_of(body["orderId"].as_str().unwrap_or_default(), self))
    }

    /// The payment as it is told of now: with other money, while there are lies left.
    fn tell(&mut self) -> Self {
        let truth = self.clone();
        match &self.told {
            Some((amount, currency)) if self.lies > 0 && self.progress == Progress::Paid => {
                self.lies -= 1;
                Self { amount: *amount, currency: currency.clone(), ..truth }
            }
            _ => truth,
        }
    }
}

fn session_of(charge_id: &str, payment: &Payment, base: &str) -> Value {
    let (status, payment_status) = match payment.progress {
        Progress::Open | Progress::Agreed => ("open", "unpaid"),
        Progress::Paid => ("complete", "paid"),
        Progress::Aborted | Progress::Expired => ("expired", "unpaid"),
    };
    json!({
        "id": payment.id, "object": "checkout.session", "client_reference_id": charge_id,
        "amount_total": payment.amount, "currency": payment.currency.to_lowercase(), "status": status,
        "payment_status": payment_status, "url": format!("{base}/pay/{charge_id}"),
    })
}

fn payment_of(order: &str, payment: &Payment) -> Value {
    let status = match payment.progress {
        Progress::Open => "READY",
        Progress::Agreed => "IN_PROGRESS",
        Progress::Paid => "DONE",
        Progress::Aborted => "ABORTED",
        Progress::Expired => "EXPIRED",
    };
    json!({
        "paymentKey": payment.agreed_with, "orderId": order, "status": status,
        "totalAmount": payment.amount, "currency": payment.currency,
    })
}
