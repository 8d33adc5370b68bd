use seatline_domain::charge::{Charge, ChargeState, Checkout, Credit, Currency, ProviderName};
use seatline_domain::id::{ChargeId, LedgerEntryId};
use serde_json::json;
use uuid::Uuid;

use super::world::{Sender, World, ada, amount, at, bob, get, post};

fn charge(state: ChargeState) -> Charge {
    Charge {
        id: ChargeId::new(Uuid::from_u128(9)),
        user_id: ada(),
        amount: amount("1000"),
        currency: Currency::KRW,
        provider: ProviderName::Stripe,
        state,
        checkout: Some(Checkout {
            reference: None,
            url: "https://pay.example/9".into(),
            expires_at: at("2026-11-21T10:00:00Z"),
            gives_up_at: at("2026-11-22T09:00:00Z"),
        }),
        look_ups: 0,
        look_up_at: None,
        created_at: at("2026-11-21T09:00:00Z"),
    }
}

#[actix_web::test]
async fn a_charge_is_shown_as_far_as_it_is() {
    let (now, entry_id) = (at("2026-11-21T09:30:00Z"), LedgerEntryId::new(Uuid::from_u128(5)));
    for (state, told, entry) in [
        (ChargeState::Created, "PENDING", json!(null)),
        (ChargeState::Pending, "PENDING", json!(null)),
        (ChargeState::Paid(Credit { entry_id, at: now }), "PAID", json!(Uuid::from_u128(5))),
        (ChargeState::Refused { at: now }, "REFUSED", json!(null)),
        (ChargeState::Expired { at: now }, "EXPIRED", json!(null)),
    ] {
        let mut world = World::new();
        world.charges.expect_charge().return_once(move |_| Ok(Some(charge(state))));
        world.wallets.expect_balance().returning(|_| Ok(amount("7")));
        let reply = world.send(get(&format!("/api/v1/points/charges/{}", Uuid::from_u128(9))).ada()).await;
        let id = Uuid::from_u128(9);
        let expected =
            json!({"chargeId": id, "amount": 1_000, "state": told, "entryId": entry, "balance": 7});
        assert_eq!(reply.json(200), expected);
    }
}

#[actix_web::test]
async fn another_users_charge_is_not_found() {
    let mut world = World::new();
    world
        .charges
        .expect_charge()
        .return_once(|_| Ok(Some(Charge { user_id: bob(), ..charge(ChargeState::Pending) })));
    let path = format!("/api/v1/points/charges/{}", Uuid::from_u128(9));
    world.send(get(&path).ada()).await.problem(404, "charge_not_found");
}

#[actix_web::test]
async fn notices_are_served_where_their_provider_takes_the_money() {
    for path in ["/webhooks/stripe", "/webhooks/toss"] {
        World::new().send(post(path, "{}")).await.problem(404, "not_found");
    }
}
