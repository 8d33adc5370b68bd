use seatline_tests::{Cluster, Request, Sale, TestUser};
use serde_json::Value;

/// A user whose turn it is, with points and an unpaid hold.
pub(super) struct UserWithHold {
    pub(super) user: TestUser,
    pub(super) sale: Sale,
    reservation: Value,
}

impl UserWithHold {
    /// Registers a user, who holds the first free seat.
    pub(super) async fn start(cluster: &Cluster, sale: &Sale) -> Self {
        let user = cluster.user().await.enter(sale).await;
        user.charge(Sale::PRICE).await;
        let map = user.seats(sale).await;
        let mut seats = map["seats"].as_array().unwrap().iter();
        let free = seats.find(|seat| seat["state"] == "AVAILABLE").unwrap()["number"].as_u64().unwrap();
        let reservation = user.hold(sale, &[free]).await;
        Self { user, sale: sale.clone(), reservation }
    }

    pub(super) fn reservation_id(&self) -> &str {
        self.reservation["reservationId"].as_str().unwrap()
    }

    pub(super) fn user_id(&self) -> &str {
        &self.user.user_id
    }

    pub(super) fn seat(&self) -> &Value {
        &self.reservation["seats"][0]["number"]
    }

    pub(super) fn queue_token(&self) -> &str {
        self.user.queue_token.as_deref().unwrap()
    }

    /// Adds the access token.
    pub(super) fn with_access_token(&self, request: Request) -> Request {
        request.bearer(&self.user.access_token)
    }

    /// Adds the access token and the queue token.
    pub(super) fn with_queue_token(&self, request: Request) -> Request {
        self.with_access_token(request).queue_token(self.queue_token())
    }

    /// Leaves the seat to the next user, unless it is paid.
    pub(super) async fn leave(self) {
        self.user.leave().await;
    }
}
