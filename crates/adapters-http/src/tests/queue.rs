use actix_web::test::TestRequest;
use seatline_domain::commands::{JoinError, Joined, LeaveError};
use seatline_domain::ports::MockAccounts;
use seatline_domain::queue::{AdmitRate, Number, Pass, PassEnd, PassError, PassState, RoomStatus};
use serde_json::json;

use super::world::{
    ADA, Sender, World, active, ada, at, bob, claims, concert_id, delete, figures, get, now, queue_token,
};

fn join() -> TestRequest {
    TestRequest::post().uri(&format!("/api/v1/concerts/{}/queue/tokens", concert_id())).ada()
}

fn joined(state: PassState, ahead: Option<u64>, created: bool) -> Joined {
    let mut pass = Pass::waiting(concert_id(), Number::new(5), ada(), claims(ada()).issued_at);
    pass.state = state;
    Joined { pass, created, replayed: false, ahead, as_of: now(), room_status: RoomStatus::Open }
}

#[actix_web::test]
async fn the_queue_is_public_and_may_be_kept_for_a_second() {
    let mut world = World::new();
    world.queue.expect_figures().returning(|id| Ok((id == concert_id()).then(figures)));
    let missing = "/api/v1/concerts/00000000-0000-0000-0000-000000000000/queue";
    let path = format!("/api/v1/concerts/{}/queue", concert_id());
    let replies = world.send_all([get(&path), get(missing)]).await;
    assert_eq!(
        replies[0].json(200),
        json!({
            "concertId": concert_id().to_string(),
            "state": "OPEN",
            "nowServing": 5,
            "lastNumber": 7,
            "waiting": 2,
            "active": 4,
            "capacity": 500,
            "admitPerMinute": null,
        })
    );
    assert_eq!(replies[0].header("cache-control"), "public, max-age=1");
    replies[1].problem(404, "concert_not_found");
}

#[actix_web::test]
async fn joining_gives_a_place_or_a_turn() {
    let mut world = World::new();
    world.rooms.expect_join().times(1).returning(|_| Ok(joined(PassState::Waiting, Some(2_500), true)));
    world.rooms.expect_join().times(1).returning(|_| Ok(joined(active(), None, false)));
    world.rooms.expect_join().times(1).returning(|_| Err(JoinError::SoldOut));
    world.rooms.expect_join().returning(|_| Err(JoinError::ConcertNotFound));
    let replies = world.send_all([join(), join(), join(), join()]).await;
    let token = queue_token(ada());
    assert_eq!(
        replies[0].json(201),
        json!({
            "token": token,
            "userId": ada().to_string(),
            "concertId": concert_id().to_string(),
            "number": 5,
            "state": "WAITING",
            "position": 2_501,
            "ahead": 2_500,
            "etaSeconds": null,
            "pollAfterMs": 2000,
            "issuedAt": "2026-11-21T08:59:00Z",
            "expiresAt": null,
            "showUpBy": null,
            "queueState": "OPEN",
            "availableSeats": 12,
        })
    );
    assert_eq!(replies[0].header("retry-after"), "2");
    let turn = replies[1].json(200);
    assert_eq!((&turn["state"], &turn["position"], &turn["ahead"]), (&json!("ACTIVE"), &json!(0), &json!(0)));
    assert_eq!(turn["expiresAt"], "2026-11-21T09:10:00.500Z");
    assert_eq!((&turn["etaSeconds"], &turn["pollAfterMs"]), (&json!(null), &json!(5000)));
    assert_eq!(replies[1].header("retry-after"), "");
    replies[2].problem(409, "sold_out");
    replies[3].problem(404, "concert_not_found");
}

#[actix_web::test]
async fn polling_tells_where_one_waits() {
    let mut world = World::new().pass_is(PassState::Waiting);
    world.queue.expect_news().returning(|_| {
        let mut figures = figures();
        figures.now_serving = 1;
        figures.settings.admit_per_minute = Some(AdmitRate::parse(60).unwrap());
        Ok(super::world::news(figures))
    });
    let token = world.send(get("/api/v1/queue/token").ada_in_line()).await.json(200);
    assert_eq!(
        (&token["state"], &token["position"], &token["ahead"]),
        (&json!("WAITING"), &json!(4), &json!(3))
    );
    assert_eq!((&token["etaSeconds"], &token["expiresAt"]), (&json!(4), &json!(null)));
}

#[actix_web::test]
async fn whose_token_it_is_costs_a_poll_no_look_up() {
    let mut world = World::new().pass_is(active());
    // A look-up would panic.
    world.accounts = MockAccounts::new();
    assert_eq!(world.send(get("/api/v1/queue/token").ada_in_line()).await.json(200)["state"], "ACTIVE");
}

#[actix_web::test]
async fn a_queue_token_with_another_access_token_than_it_was_given_to_is_looked_up() {
    let bobs = queue_token(bob());
    let poll = |access_token: &str| {
        get("/api/v1/queue/token")
            .insert_header(("authorization", format!("Bearer {access_token}")))
            .insert_header(("queue-token", bobs.clone()))
    };
    World::new().send(poll(ADA)).await.problem(403, "queue_token_mismatch");
    World::new()
        .send(poll("slt_NobodysNobodysNobodysNobodysNobodysNobodysX"))
        .await
        .problem(401, "unauthenticated");
}

#[actix_web::test]
async fn polling_an_ended_token_tells_its_final_state() {
    for (end, state) in [
        (PassEnd::Completed, "COMPLETED"),
        (PassEnd::Expired, "EXPIRED"),
        (PassEnd::Left, "LEFT"),
        (PassEnd::LineEnded, "ENDED"),
    ] {
        let ended = PassState::Ended { end, at: at("2026-11-21T08:59:30Z"), admitted_at: None };
        let token =
            World::new().pass_is(ended).send(get("/api/v1/queue/token").ada_in_line()).await.json(200);
        assert_eq!((&token["state"], &token["position"]), (&json!(state), &json!(0)));
        assert_eq!(token["expiresAt"], "2026-11-21T08:59:30Z");
        assert_eq!(token["pollAfterMs"], 30_000);
    }
}

#[actix_web::test]
async fn leaving_is_repeatable() {
    let mut world = World::new();
    world.rooms.expect_leave().times(2).returning(|_| Ok(joined(PassState::Waiting, None, false).pass));
    world.rooms.expect_leave().returning(|_| Err(LeaveError::Pass(PassError::Unknown)));
    let leave = || delete("/api/v1/queue/token").ada_in_line();
    let replies = world.send_all([leave(), leave(), leave()]).await;
    for reply in &replies[..2] {
        assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
    }
    replies[2].problem(401, "queue_token_invalid");
}
