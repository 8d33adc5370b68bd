use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{self, TestRequest};
use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_application::accounts::AccessToken;
use seatline_application::charges::ChargingMode;
use seatline_application::operator_keys::BearerKey;
use seatline_application::queue::{Holder, QueueKey, QueueTokens};
use seatline_application::tickets::{TicketCodes, TicketKey};
use seatline_application::{Ports, Seatline, Settings};
use seatline_domain::Timestamp;
use seatline_domain::audit::OperatorId;
use seatline_domain::concert::Performance;
use seatline_domain::id::{OperatorKeyId, UserId};
use seatline_domain::operator_key::{KeyChange, OperatorKey, OperatorKeyHash, Role};
use seatline_domain::point::Amount;
use seatline_domain::ports::{
    MockAccounts, MockAnnouncedBoards, MockAuditLog, MockCancellations, MockCharges, MockDeliveries,
    MockDeviceCodes, MockEventFeed, MockIdempotencyKeys, MockIdleAccounts, MockIds, MockInspection,
    MockOperatorKeys, MockPayments, MockProgramme, MockProgrammeEditor, MockQueueReader, MockReservations,
    MockSeatInventory, MockTickets, MockWaitingRooms, MockWallets, MockWebhooks, NoWebhookCalls,
};
use seatline_domain::queue::{
    Admission, BoardNews, BoardUpdate, Number, Pass, PassAt, PassState, QueueClaims, RoomFigures, RoomStatus,
};
use seatline_domain::samples;
pub(super) use seatline_domain::samples::{concert, concert_id, performance_id, user_id as ada};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::text::Text;
use serde_json::Value;
use uuid::Uuid;

use crate::app::app;
use crate::pages::Pages;
use crate::state::AppState;
use crate::{AdminKey, HttpSettings, Metrics, Readiness, openapi_json};

pub(super) const ADMIN_KEY: &str = "the-operators-key-of-these-tests-0";
/// The access token of [`ada`].
pub(super) const ADA: &str = "slt_AdaAdaAdaAdaAdaAdaAdaAdaAdaAdaAdaAdaAdaAdaA";
/// The access token of [`bob`].
pub(super) const BOB: &str = "slt_BobBobBobBobBobBobBobBobBobBobBobBobBobBobB";

/// The keys that the owner has made, one of each role.
pub(super) const KEYS: [(&str, Role); 3] = [
    ("slk_OperatorOperatorOperatorOperatorOperatorOpe", Role::Operator),
    ("slk_SupportSupportSupportSupportSupportSupportS", Role::Support),
    ("slk_GateGateGateGateGateGateGateGateGateGateGat", Role::Gate),
];

/// The key with this role and hash, as it is kept.
pub(super) fn operator_key(role: Role, hash: OperatorKeyHash) -> OperatorKey {
    OperatorKey {
        id: OperatorKeyId::new(Uuid::from_u128(0x5ea7)),
        name: Text::parse("North gate").unwrap(),
        role,
        hash,
        created: KeyChange { at: now(), by: OperatorId::from_digest([1, 2, 3, 4]) },
        deleted: None,
    }
}

pub(super) fn bob() -> UserId {
    UserId::new(Uuid::from_u128(0xb0b))
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    at("2026-11-21T09:00:00Z")
}

pub(super) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// The sample performance, with three seats of several prices.
pub(super) fn performance() -> Performance {
    Performance {
        total_seats: 3,
        price_from: amount("100.5"),
        price_to: amount("5000"),
        ..samples::performance()
    }
}

pub(super) fn figures() -> RoomFigures {
    RoomFigures { active: 4, ..samples::room_figures(5, 7) }
}

/// News of a room in which everybody up to `now_serving` was admitted long ago.
pub(super) fn news(figures: RoomFigures) -> BoardNews {
    let admitted = Admission { up_to: Number::new(figures.now_serving), at: now() - TimeDelta::hours(1) };
    let update = BoardUpdate {
        figures,
        served_before: 0,
        admissions: vec![admitted],
        departures: vec![],
        departures_seen: 0,
    };
    news_of(vec![update])
}

fn news_of(rooms: Vec<BoardUpdate>) -> BoardNews {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    // The database's time goes on, so that later news are announced too.
    let read_at = now() + TimeDelta::from_std(BEGIN.elapsed()).unwrap();
    BoardNews { read_at, read_within: Duration::ZERO, complete_until: read_at, rooms }
}

pub(super) fn claims(user_id: UserId) -> QueueClaims {
    QueueClaims { user_id, issued_at: at("2026-11-21T08:59:00Z"), ..samples::claims(5) }
}

pub(super) fn active_until() -> Timestamp {
    at("2026-11-21T09:10:00.5Z")
}

pub(super) fn active() -> PassState {
    let ends_by = active_until() + TimeDelta::minutes(20);
    PassState::Active { admitted_at: now(), expires_at: active_until(), show_up_by: None, ends_by }
}

fn tokens() -> QueueTokens {
    QueueTokens::new(QueueKey::parse(&[7; 32]).unwrap(), Vec::new())
}

pub(super) fn codes() -> TicketCodes {
    TicketCodes::new(TicketKey::parse(&[8; 32]).unwrap(), Vec::new())
}

pub(super) fn queue_token(user_id: UserId) -> String {
    let access_token = if user_id == bob() { BOB } else { ADA };
    let holder = Holder::of(&AccessToken::parse(access_token).unwrap().hash());
    tokens().issue(claims(user_id), holder).text
}

struct Counted;

impl Metrics for Counted {
    fn render(&self) -> String {
        "counted 1\n".into()
    }
}

struct Ready(bool);

#[async_trait]
impl Readiness for Ready {
    async fn is_ready(&self) -> bool {
        self.0
    }
}

/// The ports of one test. A call that nobody expects panics, and so ends as 500 `internal_error`.
pub(super) struct World {
    pub(super) accounts: MockAccounts,
    pub(super) programme: MockProgramme,
    pub(super) editor: MockProgrammeEditor,
    pub(super) rooms: MockWaitingRooms,
    pub(super) queue: MockQueueReader,
    pub(super) announced_boards: MockAnnouncedBoards,
    pub(super) inventory: MockSeatInventory,
    pub(super) reservations: MockReservations,
    pub(super) wallets: MockWallets,
    pub(super) charges: MockCharges,
    pub(super) charging: ChargingMode,
    pub(super) payments: MockPayments,
    pub(super) cancellations: MockCancellations,
    pub(super) tickets: MockTickets,
    pub(super) audit: MockAuditLog,
    pub(super) operator_keys: MockOperatorKeys,
    pub(super) ready: bool,
    pub(super) streams_max: usize,
    pub(super) settings: HttpSettings,
    pub(super) pages: Option<Arc<dyn Pages>>,
}

impl World {
    /// Two users, no concert.
    pub(super) fn new() -> Self {
        let mut accounts = MockAccounts::new();
        accounts.expect_user_with_token().returning(|hash| {
            let known = [(ADA, ada()), (BOB, bob())];
            let found =
                known.into_iter().find(|(token, _)| AccessToken::parse(token).unwrap().hash() == hash);
            Ok(found.map(|(_, user_id)| user_id))
        });
        let mut operator_keys = MockOperatorKeys::new();
        operator_keys.expect_with_hash().returning(|hash| {
            let key = KEYS.iter().find(|(key, _)| BearerKey::parse(key).unwrap().hash() == hash);
            Ok(key.map(|(_, role)| operator_key(*role, hash)))
        });
        operator_keys.expect_of_operators().returning(|_| Ok(Vec::new()));
        Self {
            accounts,
            programme: MockProgramme::new(),
            editor: MockProgrammeEditor::new(),
            rooms: MockWaitingRooms::new(),
            queue: MockQueueReader::new(),
            announced_boards: MockAnnouncedBoards::new(),
            inventory: MockSeatInventory::new(),
            reservations: MockReservations::new(),
            wallets: MockWallets::new(),
            charges: MockCharges::new(),
            charging: ChargingMode::Play,
            payments: MockPayments::new(),
            cancellations: MockCancellations::new(),
            tickets: MockTickets::new(),
            audit: MockAuditLog::new(),
            operator_keys,
            ready: true,
            streams_max: 10,
            settings: HttpSettings::new(AdminKey::parse(ADMIN_KEY).unwrap()),
            pages: None,
        }
    }

    /// Two users, a concert and its performance.
    pub(super) fn with_programme() -> Self {
        let mut world = Self::new();
        world.programme.expect_concert().returning(|id| Ok((id == concert_id()).then(concert)));
        world.programme.expect_performance().returning(|id| Ok((id == performance_id()).then(performance)));
        world
    }

    /// The pass that Ada's queue token stands for is in this state.
    pub(super) fn pass_is(mut self, state: PassState) -> Self {
        self.queue.expect_pass().returning(move |concert_id, number| {
            let mut pass = Pass::waiting(concert_id, number, ada(), claims(ada()).issued_at);
            pass.state = state;
            Ok(Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open }))
        });
        self
    }

    pub(super) fn seatline(mut self) -> (Arc<Seatline>, Arc<dyn Readiness>, Arc<dyn Metrics>, HttpSettings) {
        self.queue.expect_news().returning(|_| Ok(news_of(Vec::new())));
        self.queue.expect_seats_left().returning(|_| {
            let (as_of, last_number) = (now(), 7);
            Ok(Some(SeatsLeft { as_of, last_number, has_performances: true, available: 12, held: 0 }))
        });
        let mut ids = MockIds::new();
        let next = AtomicU64::new(1);
        ids.expect_next().returning(move || Uuid::from_u128(next.fetch_add(1, Ordering::Relaxed).into()));
        let ports = Ports {
            accounts: Arc::new(self.accounts),
            device_codes: Arc::new(MockDeviceCodes::new()),
            programme: Arc::new(self.programme),
            editor: Arc::new(self.editor),
            rooms: Arc::new(self.rooms),
            queue: Arc::new(self.queue),
            announced_boards: Arc::new(self.announced_boards),
            inventory: Arc::new(self.inventory),
            reservations: Arc::new(self.reservations),
            wallets: Arc::new(self.wallets),
            charges: Arc::new(self.charges),
            payments: Arc::new(self.payments),
            cancellations: Arc::new(self.cancellations),
            tickets: Arc::new(self.tickets),
            audit: Arc::new(self.audit),
            operator_keys: Arc::new(self.operator_keys),
            webhooks: Arc::new(MockWebhooks::new()),
            deliveries: Arc::new(MockDeliveries::new()),
            feed: Arc::new(MockEventFeed::new()),
            webhook_calls: Arc::new(NoWebhookCalls),
            inspection: Arc::new(MockInspection::new()),
            keys: Arc::new(MockIdempotencyKeys::new()),
            idle_accounts: Arc::new(MockIdleAccounts::new()),
            ids: Arc::new(ids),
        };
        let settings = Settings {
            hold_ttl: chrono::TimeDelta::minutes(5),
            queue_tokens: tokens(),
            ticket_codes: codes(),
            charging: self.charging,
            streams_max: self.streams_max,
            keep_idle_accounts: None,
            keep_passes: None,
        };
        (
            Arc::new(Seatline::new(ports, settings)),
            Arc::new(Ready(self.ready)),
            Arc::new(Counted),
            self.settings,
        )
    }

    /// Sends one request.
    pub(super) async fn send(self, request: TestRequest) -> Reply {
        self.send_all([request]).await.remove(0)
    }

    /// Sends requests one after the other.
    pub(super) async fn send_all(mut self, requests: impl IntoIterator<Item = TestRequest>) -> Vec<Reply> {
        let pages = self.pages.take();
        let (seatline, readiness, metrics, settings) = self.seatline();
        let state = AppState::new(seatline, readiness, metrics, settings, openapi_json().unwrap());
        let state = state.with_pages(pages);
        let app = Box::pin(test::init_service(app(state))).await;
        let mut replies = Vec::new();
        for request in requests {
            let response = test::call_service(&app, request.to_request()).await;
            let (status, headers) = (response.status(), response.headers().clone());
            replies.push(Reply { status, headers, body: test::read_body(response).await.to_vec() });
        }
        replies
    }
}

/// The answer to a request.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(super) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The body of a problem with this code.
    #[track_caller]
    pub(super) fn problem(&self, status: u16, code: &str) -> Value {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        assert_eq!((self.status.as_u16(), body["code"].as_str()), (status, Some(code)), "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("/docs/errors#{code}"));
        assert_eq!(body["requestId"], self.header("x-request-id"));
        for field in ["title", "detail", "instance"] {
            assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
        }
        body
    }

    /// A 422 that names this field.
    #[track_caller]
    pub(super) fn invalid(&self, field: &str) {
        assert_eq!(self.problem(422, "invalid_value")["field"], field);
    }
}

pub(super) fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

pub(super) fn delete(path: &str) -> TestRequest {
    TestRequest::delete().uri(path)
}

/// A POST of this JSON text, as it is.
pub(super) fn post(path: &str, json: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .set_payload(json.to_owned())
}

/// A PATCH of this JSON text, as it is.
pub(super) fn patch(path: &str, json: &str) -> TestRequest {
    TestRequest::patch()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .set_payload(json.to_owned())
}

/// Credentials that a request is sent with.
pub(super) trait Sender: Sized {
    fn bearer(self, token: &str) -> Self;
    fn queue_token(self, token: &str) -> Self;
    fn key(self, key: &str) -> Self;

    fn ada(self) -> Self {
        self.bearer(ADA)
    }

    fn ada_in_line(self) -> Self {
        self.ada().queue_token(&queue_token(ada()))
    }

    fn operator(self) -> Self {
        self.bearer(ADMIN_KEY)
    }
}

impl Sender for TestRequest {
    fn bearer(self, token: &str) -> Self {
        self.insert_header(("authorization", format!("Bearer {token}")))
    }

    fn queue_token(self, token: &str) -> Self {
        self.insert_header(("queue-token", token.to_owned()))
    }

    fn key(self, key: &str) -> Self {
        self.insert_header(("idempotency-key", key.to_owned()))
    }
}
