//! Codes, checked as somebody would who has nothing but the published keys.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use seatline_tests::contract::TICKET_KEYS;
use seatline_tests::{Client, Cluster, ClusterOptions, Sale};
use serde_json::{Value, json};

const OLD: &str = "the-old-ticket-key-of-these-tests-0123456789";
const BOTH: &str =
    "the-new-ticket-key-of-these-tests-0123456789, the-old-ticket-key-of-these-tests-0123456789";
const NEW: &str = "the-new-ticket-key-of-these-tests-0123456789";

fn with_keys(ticket_keys: &'static str) -> ClusterOptions {
    ClusterOptions { ticket_keys, ..ClusterOptions::default() }
}

pub(super) async fn published(client: &Client) -> Vec<Value> {
    let answer = client.get("/.well-known/jwks.json").send().await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    answer.of_kind(200, TICKET_KEYS)["keys"].as_array().unwrap().clone()
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// What a code says, if one of these keys signed it. Another implementation than the one that signs.
pub(super) fn verified_offline(code: &Value, keys: &[Value]) -> Option<Value> {
    let (signed, signature) = code.as_str().unwrap().rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    assert_eq!(header["alg"], "EdDSA");
    let key = keys.iter().find(|key| key["kid"] == header["kid"])?;
    let x: [u8; 32] = decoded(key["x"].as_str().unwrap()).try_into().unwrap();
    let signature: [u8; 64] = decoded(signature).try_into().unwrap();
    let key = VerifyingKey::from_bytes(&x).unwrap();
    key.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature)).ok()?;
    Some(serde_json::from_slice(&decoded(payload)).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_verified_with_nothing_but_the_published_keys() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
    let tickets = cluster.user().await.buy(&sale, &[7, 8]).await;
    let keys = published(&cluster.client()).await;
    for ticket in &tickets {
        let says = verified_offline(&ticket["code"], &keys);
        let expected =
            json!({"ticketId": ticket["ticketId"], "performanceId": sale.performance_id, "revision": 1});
        assert_eq!(says, Some(expected));
    }
    assert_ne!(tickets[0]["code"], tickets[1]["code"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_codes_verify_until_their_key_is_gone_and_the_first_key_signs() {
    let mut cluster = Cluster::start_with(with_keys(OLD)).await;
    let (both, new) = (cluster.add(with_keys(BOTH)).await, cluster.add(with_keys(NEW)).await);
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(3).open(&operator).await;
    let mut ada = cluster.user().await;
    let old = ada.buy(&sale, &[1, 2, 3]).await;
    let keys: Vec<_> = [
        published(&cluster.client()).await,
        published(&cluster.client_of(both)).await,
        published(&cluster.client_of(new)).await,
    ]
    .into();
    assert_eq!(keys.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1]);
    assert_eq!((&keys[1][0], &keys[1][1]), (&keys[2][0], &keys[0][0]), "the first signs");
    let anew = ada.by(cluster.client_of(both)).tickets().await;
    assert_ne!(anew[0]["code"], old[0]["code"]);
    for (code, verified) in [(&old[0]["code"], [true, true, false]), (&anew[0]["code"], [false, true, true])]
    {
        for (keys, is_verified) in keys.iter().zip(verified) {
            assert_eq!(verified_offline(code, keys).is_some(), is_verified);
        }
    }
    let gate =
        |instance| seatline_tests::Operator::new(cluster.client_of(instance), seatline_tests::ADMIN_KEY);
    let check_in = async |instance: usize, code: &Value| {
        gate(instance).try_check_in(&sale.performance_id, code, "North").await
    };
    check_in(new, &old[0]["code"]).await.problem(422, "ticket_invalid");
    check_in(0, &anew[0]["code"]).await.problem(422, "ticket_invalid");
    check_in(both, &old[0]["code"]).await.json(201);
    check_in(both, &anew[1]["code"]).await.json(201);
    check_in(new, &anew[2]["code"]).await.json(201);
    check_in(0, &old[1]["code"]).await.problem(409, "ticket_used");
    cluster.end().await;
}
