use actix_web::test::TestRequest;
use seatline_domain::commands::ChargeError;
use seatline_domain::id::LedgerEntryId;
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::point::{LedgerEntry, LedgerEntryKind, WalletFull};
use serde_json::json;
use uuid::Uuid;

use super::world::{Sender, World, ada, amount, at, bob, get, post};
use crate::wire::List;

fn entry(kind: LedgerEntryKind) -> LedgerEntry {
    LedgerEntry {
        id: LedgerEntryId::new(Uuid::from_u128(5)),
        user_id: ada(),
        sequence: 3,
        kind,
        amount: amount("10.5"),
        balance_after: amount("20"),
        reference_id: (kind != LedgerEntryKind::Charge).then(|| Uuid::from_u128(6)),
        created_at: at("2026-11-21T09:00:00.25Z"),
    }
}

fn charge(amount: &str) -> TestRequest {
    post("/api/v1/points/charges", &format!("{{\"amount\":{amount}}}")).ada().key("key-1")
}

#[actix_web::test]
async fn the_balance_is_exact() {
    let mut world = World::new();
    world.wallets.expect_balance().returning(|_| Ok(amount("1000000000")));
    let reply = world.send(get("/api/v1/points").ada()).await;
    assert_eq!(reply.json(200), json!({"userId": ada().to_string(), "balance": 1_000_000_000}));
    assert!(reply.text().ends_with("\"balance\":1000000000}"), "{}", reply.text());
}

#[actix_web::test]
async fn a_charge_is_made_or_replayed() {
    for replayed in [false, true] {
        let mut world = World::new();
        world.wallets.expect_charge().times(1).returning(move |command| {
            assert_eq!(
                (command.user_id, command.amount, command.key.as_str()),
                (ada(), amount("10.5"), "key-1")
            );
            let entry = entry(LedgerEntryKind::Charge);
            Ok(if replayed { Answer::replayed(entry, true) } else { Answer::created(entry) })
        });
        let reply = world.send(charge(if replayed { "\"10.50\"" } else { "10.5" })).await;
        assert_eq!(
            reply.json(201),
            json!({
                "entryId": Uuid::from_u128(5),
                "userId": ada().to_string(),
                "amount": 10.5,
                "balance": 20,
                "createdAt": "2026-11-21T09:00:00.250Z",
            })
        );
        assert_eq!(reply.header("idempotency-replayed"), if replayed { "true" } else { "" });
    }
}

#[actix_web::test]
async fn amounts_are_never_rounded() {
    for text in [
        "1e3", "1E400", "\"NaN\"", "\"1e3\"", "\"abc\"", "\"\"", "NaN", "Infinity", "null", "true", "[1]",
        "{}",
    ] {
        World::new().send(charge(text)).await.problem(400, "malformed_request");
    }
    let digits = "9".repeat(40);
    for text in ["-1", "\"-1\"", "0.001", "1.000", "9223372036854775808", &digits] {
        World::new().send(charge(text)).await.invalid("amount");
    }
    World::new()
        .send(post("/api/v1/points/charges", "{}").ada().key("k"))
        .await
        .problem(400, "malformed_request");
}

#[actix_web::test]
async fn every_refusal_has_its_code() {
    for error in [ChargeError::NotPositive, ChargeError::TooMuch, ChargeError::WalletFull(WalletFull)] {
        let mut world = World::new();
        world.wallets.expect_charge().return_once(move |_| Err(error));
        world.send(charge("0")).await.invalid("amount");
    }
    let mut world = World::new();
    world.wallets.expect_charge().return_once(|_| Err(ChargeError::KeyReused(KeyReused)));
    world.send(charge("5")).await.problem(422, "idempotency_key_reused");
}

#[actix_web::test]
async fn charging_needs_a_key_and_asks_for_it_before_the_body() {
    let without = || post("/api/v1/points/charges", "{").ada();
    World::new().send(without()).await.problem(400, "idempotency_key_missing");
    World::new().send(without().key("")).await.problem(400, "idempotency_key_invalid");
    World::new().send(without().key(&"k".repeat(255))).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn what_leaves_the_wallet_is_negative() {
    let mut world = World::new();
    world.wallets.expect_entries().withf(|_, page| page.after.is_none()).returning(|_, _| {
        let kinds = [LedgerEntryKind::Refund, LedgerEntryKind::Payment, LedgerEntryKind::Charge];
        Ok(Page { items: kinds.map(entry).to_vec(), next: Some(3) })
    });
    world
        .wallets
        .expect_entries()
        .withf(|_, page| page.after == Some(3))
        .returning(|_, _| Ok(Page { items: vec![], next: None }));
    let list = List::named("ledger entries");
    let (cursor, bobs) = (list.clone().of_user(ada()).give(&3_u64), list.of_user(bob()).give(&3_u64));
    let next = get(&format!("/api/v1/points/entries?cursor={cursor}&limit=2")).ada();
    let bad = ["3", "-1", "x", bobs.as_str()];
    let bad = bad.map(|cursor| get(&format!("/api/v1/points/entries?cursor={cursor}")).ada());
    let requests = [get("/api/v1/points/entries").ada(), next].into_iter().chain(bad);
    let replies = Box::pin(world.send_all(requests)).await;
    let listed = replies[0].json(200);
    assert_eq!(listed["nextCursor"], cursor);
    assert_eq!(
        listed["items"][1],
        json!({
            "entryId": Uuid::from_u128(5),
            "kind": "PAYMENT",
            "amount": -10.5,
            "balanceAfter": 20,
            "referenceId": Uuid::from_u128(6),
            "createdAt": "2026-11-21T09:00:00.250Z",
        })
    );
    assert_eq!(
        (&listed["items"][0]["kind"], &listed["items"][0]["amount"]),
        (&json!("REFUND"), &json!(10.5))
    );
    assert_eq!(
        (&listed["items"][2]["kind"], &listed["items"][2]["referenceId"]),
        (&json!("CHARGE"), &json!(null))
    );
    replies[1].json(200);
    for reply in &replies[2..] {
        reply.problem(400, "malformed_request");
    }
}
