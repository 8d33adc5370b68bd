use seatline_tests::{Cluster, Person, Request, Sale};
use serde_json::Value;

/// Somebody whose turn it is, with points and an unpaid hold.
pub(super) struct Visitor {
    pub(super) person: Person,
    pub(super) sale: Sale,
    reservation: Value,
}

impl Visitor {
    /// Somebody new, who takes the first free seat.
    pub(super) async fn holding(cluster: &Cluster, sale: &Sale) -> Self {
        let person = cluster.person().await.enter(sale).await;
        person.charge(Sale::PRICE).await;
        let map = person.seats(sale).await;
        let mut seats = map["seats"].as_array().unwrap().iter();
        let free = seats.find(|seat| seat["state"] == "AVAILABLE").unwrap()["number"].as_u64().unwrap();
        let reservation = person.hold(sale, &[free]).await;
        Self { person, sale: sale.clone(), reservation }
    }

    pub(super) fn reservation_id(&self) -> &str {
        self.reservation["reservationId"].as_str().unwrap()
    }

    pub(super) fn seat(&self) -> &Value {
        &self.reservation["seats"][0]["number"]
    }

    pub(super) fn queue_token(&self) -> &str {
        self.person.queue_token.as_deref().unwrap()
    }

    /// Says who they are.
    pub(super) fn identify(&self, request: Request) -> Request {
        request.bearer(&self.person.access_token)
    }

    /// Says who they are and whose turn it is.
    pub(super) fn admit(&self, request: Request) -> Request {
        self.identify(request).queue_token(self.queue_token())
    }

    /// Gives up the seat for the next visitor, unless it is paid.
    pub(super) async fn make_way(self) {
        self.person.leave().await;
    }
}
