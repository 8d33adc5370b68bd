use chrono::TimeDelta;
use seatline_domain::page::Page;
use seatline_domain::payment::OwnedSeats;
use seatline_domain::user::{RegisteredUser, User};
use serde_json::json;

use super::world::{KEYS, Sender, World, ada, amount, bob, get, now};
use crate::wire::List;

const SUPPORT: &str = KEYS[1].0;

fn path(rest: &str) -> String {
    format!("/api/v1/admin/users/{}{rest}", ada())
}

/// Ada is known, and nobody else.
fn with_ada() -> World {
    let mut world = World::new();
    world.accounts.expect_user().returning(|id| Ok((id == ada()).then_some(User { id, name: None })));
    world
}

#[actix_web::test]
async fn a_user_is_shown_to_a_support_desk() {
    let mut world = World::new();
    world.accounts.expect_registered_user().return_once(|id| {
        let user = User { id, name: None };
        Ok(Some(RegisteredUser { user, registered_at: now() - TimeDelta::hours(9) }))
    });
    world.wallets.expect_balance().return_once(|_| Ok(amount("12.5")));
    world.payments.expect_owned_seats().return_once(|_, _| Ok(OwnedSeats { newest: vec![], total: 0 }));
    let shown = world.send(get(&path("")).bearer(SUPPORT)).await.json(200);
    let expected = json!({
        "userId": ada().uuid(),
        "name": null,
        "balance": 12.5,
        "createdAt": "2026-11-21T00:00:00Z",
        "seats": [],
        "seatsTotal": 0,
    });
    assert_eq!(shown, expected);
    let mut world = World::new();
    world.accounts.expect_registered_user().return_once(|_| Ok(None));
    world.send(get(&path("")).bearer(SUPPORT)).await.problem(404, "user_not_found");
}

#[actix_web::test]
async fn lists_of_a_user_are_found_for_a_user_alone() {
    let mut world = with_ada();
    world.payments.expect_payments().times(1).returning(|_, _| Ok(Page { items: vec![], next: None }));
    world
        .reservations
        .expect_reservations()
        .times(1)
        .returning(|_, _| Ok(Page { items: vec![], next: None }));
    world.wallets.expect_entries().times(1).returning(|_, _| Ok(Page { items: vec![], next: None }));
    let lists = ["/payments", "/reservations", "/points/entries"];
    let asked = lists.map(|list| get(&path(list)).bearer(SUPPORT));
    for reply in world.send_all(asked).await {
        assert_eq!(reply.json(200), json!({"items": [], "nextCursor": null}));
    }
    for list in lists {
        let of_nobody = get(&format!("/api/v1/admin/users/{}{list}", bob())).bearer(SUPPORT);
        with_ada().send(of_nobody).await.problem(404, "user_not_found");
    }
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_list_of_its_user() {
    let list = List::named("support ledger entries");
    for (other, list) in [
        ("another user's", list.of_user(bob())),
        ("the user's own", List::named("ledger entries").of_user(ada())),
        ("another list's", List::named("support payments").of_user(ada())),
    ] {
        let asked = path(&format!("/points/entries?cursor={}", list.give(&41_u64)));
        let reply = with_ada().send(get(&asked).bearer(SUPPORT)).await;
        assert_eq!(reply.problem(400, "malformed_request")["field"], "cursor", "{other}");
    }
}
