//! Authorisation: who is let in, for every operation that the service says it has.

mod forgery;
mod others;
mod table;
mod user_with_hold;

use std::collections::BTreeSet;

use seatline_tests::{ADMIN_KEY, Cluster, Sale};
use serde_json::Value;

use self::forgery::{bearers_of_nobody, forged_queue_tokens};
use self::table::{Access, OPERATIONS, Operation};
use self::user_with_hold::UserWithHold;

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "options", "head"];

/// The operations of a document, as method and path.
pub(crate) fn operations_of(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys().filter(|name| METHODS.contains(&name.as_str()));
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

fn that_need(access: impl Fn(Access) -> bool) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| access(operation.access))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_in_the_table() {
    let cluster = Cluster::start().await;
    let served = operations_of(&cluster.document().await);
    let tested = OPERATIONS.iter().map(|operation| (operation.method.to_owned(), operation.path.to_owned()));
    assert_eq!(served, tested.collect());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_may_get_through() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    for operation in OPERATIONS {
        let user = UserWithHold::start(&cluster, &sale).await;
        let request = operation.request(&user, &cluster.client());
        let request = match operation.access {
            Access::Public => request,
            Access::User => user.with_access_token(request),
            Access::InLine | Access::InTurn => user.with_queue_token(request),
            Access::Gate | Access::Support | Access::Operator | Access::Owner => request.bearer(ADMIN_KEY),
        };
        let answer = request.send().await;
        assert_eq!(answer.status, operation.success, "{operation:?}: {}", answer.text());
        user.leave().await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_not_public_asks_who_it_is() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = UserWithHold::start(&cluster, &sale).await;
    let before = cluster.database().census().await;
    for operation in that_need(|access| access != Access::Public) {
        let request = || operation.request(&ada, &cluster.client()).queue_token(ada.queue_token());
        request().send().await.problem(401, "unauthenticated");
        for credentials in bearers_of_nobody(&ada.user) {
            let answer = request().header("authorization", &credentials).send().await;
            answer.problem(401, "unauthenticated");
        }
        let twice = request().bearer(&ada.user.access_token).bearer(&ada.user.access_token);
        twice.send().await.problem(401, "unauthenticated");
    }
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_and_operators_keep_to_their_own_routes() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = UserWithHold::start(&cluster, &sale).await;
    let before = cluster.database().census().await;
    for operation in OPERATIONS {
        let request = || operation.request(&ada, &cluster.client()).queue_token(ada.queue_token());
        match operation.access {
            Access::Public => {}
            Access::Gate | Access::Support | Access::Operator | Access::Owner => {
                drop(ada.with_access_token(request()).send().await.problem(403, "forbidden"));
                let near_miss = request().bearer(&ADMIN_KEY[1..]).send().await;
                near_miss.problem(401, "unauthenticated");
            }
            Access::User | Access::InLine | Access::InTurn => {
                drop(request().bearer(ADMIN_KEY).send().await.problem(401, "unauthenticated"));
            }
        }
    }
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_opens_what_its_role_may_and_nothing_else() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let sale = Sale::open(&owner).await;
    let ada = UserWithHold::start(&cluster, &sale).await;
    let deleted = owner.create_key("Gone", "OPERATOR").await;
    let mut keys = Vec::new();
    for role in Access::ROLES {
        keys.push((role, owner.create_key(role, role).await));
    }
    let path = format!("/api/v1/admin/keys/{}", deleted["keyId"].as_str().unwrap());
    owner.request("DELETE", &path).send().await.nothing(204);
    let before = cluster.database().census().await;
    for operation in that_need(|access| access != Access::Public) {
        let with = async |key: &Value| {
            let request = operation.request(&ada, &cluster.client()).queue_token(ada.queue_token());
            request.bearer(key["key"].as_str().unwrap()).send().await
        };
        with(&deleted).await.problem(401, "unauthenticated");
        for (role, key) in &keys {
            match operation.access.roles() {
                None => drop(with(key).await.problem(401, "unauthenticated")),
                Some(roles) if !roles.contains(role) => drop(with(key).await.problem(403, "forbidden")),
                Some(_) => {}
            }
        }
    }
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    for operation in OPERATIONS {
        for (role, key) in &keys {
            if operation.access.roles().is_some_and(|roles| roles.contains(role)) {
                let request = operation.request(&ada, &cluster.client()).bearer(key["key"].as_str().unwrap());
                let answer = request.send().await;
                assert_eq!(answer.status, operation.success, "{role} {operation:?}: {}", answer.text());
            }
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queue_tokens_are_asked_for_and_verified() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (UserWithHold::start(&cluster, &sale).await, UserWithHold::start(&cluster, &sale).await);
    let before = cluster.database().census().await;
    for operation in that_need(|access| matches!(access, Access::InLine | Access::InTurn)) {
        let request = || ada.with_access_token(operation.request(&ada, &cluster.client()));
        request().send().await.problem(401, "queue_token_missing");
        for forged in forged_queue_tokens(&ada) {
            let answer = request().queue_token(&forged).send().await;
            assert_eq!(answer.code().as_deref(), Some("queue_token_invalid"), "{operation:?} {forged}");
        }
        let twice = request().queue_token(ada.queue_token()).queue_token(ada.queue_token());
        twice.send().await.problem(401, "queue_token_invalid");
        let bobs = request().queue_token(bob.queue_token()).send().await;
        bobs.problem(403, "queue_token_mismatch");
    }
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_token_opens_its_own_concert_in_its_own_time() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let elsewhere = Sale::open(&cluster.operator()).await;
    let mut late = UserWithHold::start(&cluster, &sale).await;
    late.user.leave().await;
    let gone = UserWithHold::start(&cluster, &sale).await;
    gone.user.leave().await;
    let mut ada = UserWithHold::start(&cluster, &sale).await;
    assert_eq!(late.user.join(&sale).await["state"], "WAITING");
    let before = cluster.database().census().await;
    for operation in that_need(|access| access == Access::InTurn) {
        let waiting = late.with_queue_token(operation.request(&late, &cluster.client())).send().await;
        assert_eq!(waiting.problem(403, "not_admitted")["position"], 1, "{operation:?}");
        let ended = gone.with_queue_token(operation.request(&gone, &cluster.client())).send().await;
        ended.problem(401, "queue_token_expired");
    }
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");

    ada.user.join(&elsewhere).await;
    for operation in that_need(|access| access == Access::InTurn) {
        let other = ada.with_queue_token(operation.request(&ada, &cluster.client())).send().await;
        other.problem(403, "queue_token_mismatch");
    }
    for operation in that_need(|access| access == Access::InLine) {
        for user in [&gone, &late] {
            let polled = user.with_queue_token(operation.request(user, &cluster.client())).send().await;
            assert_eq!(polled.status, operation.success, "{operation:?}: {}", polled.text());
        }
    }
    cluster.end().await;
}
