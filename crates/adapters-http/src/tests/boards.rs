use actix_web::test::TestRequest;
use chrono::TimeDelta;
use mockall::predicate::eq;
use seatline_domain::queue::{AnnouncedBoard, DepartureSum, LastAnnounced, Number, RoomStatus};
use serde_json::json;

use super::world::{World, at, concert_id, get, now};

fn path() -> String {
    format!("/api/v1/concerts/{}/board", concert_id())
}

/// A world in which this board was announced half a second ago.
fn announced(departures: Vec<DepartureSum>) -> World {
    let mut world = World::new();
    world.announced_boards.expect_last().with(eq(concert_id())).times(1).returning(move |concert_id| {
        let board = AnnouncedBoard {
            concert_id,
            announced_at: at("2026-11-21T08:59:59.6Z"),
            status: RoomStatus::Open,
            served: 120,
            last_number: 20_000,
            departures: departures.clone(),
            available_seats: 1_250,
        };
        Ok(LastAnnounced { board: Some(board), as_of: now() })
    });
    world
}

fn sum(up_to: u64, count: u64) -> DepartureSum {
    DepartureSum { up_to: Number::new(up_to), count }
}

#[actix_web::test]
async fn a_board_is_shown_to_anybody_as_it_was_announced() {
    let world = announced(vec![sum(152, 3), sum(10_240, 500)]);
    let replies = world.send_all([get(&path()), get(&path())]).await;
    for reply in &replies {
        assert_eq!(
            reply.json(200),
            json!({
                "concertId": concert_id().to_string(),
                "announcedAt": "2026-11-21T08:59:59.600Z",
                "state": "OPEN",
                "served": 120,
                "lastNumber": 20_000,
                "departures": [{"upTo": 152, "count": 3}, {"upTo": 10_240, "count": 500}],
                "availableSeats": 1_250,
            })
        );
        assert_eq!(reply.header("cache-control"), "public, max-age=1, stale-while-revalidate=5");
        assert_eq!(reply.header("set-cookie"), "");
    }
    let [first, second] = replies.as_slice() else { panic!() };
    assert_eq!((first.header("etag"), &first.body), (second.header("etag"), &second.body));
}

#[actix_web::test]
async fn whoever_has_it_is_told_so_and_what_is_long_is_coded() {
    let long: Vec<_> = (1..500).map(|place| sum(120 + 32 * place, place)).collect();
    let reply = announced(long.clone()).send(get(&path())).await;
    let tag = reply.header("etag").to_owned();
    let with = |name: &'static str, value: &str| {
        TestRequest::get().uri(&path()).insert_header((name, value.to_owned()))
    };
    let replies = announced(long)
        .send_all([
            with("if-none-match", &tag),
            with("accept-encoding", "gzip"),
            with("accept-encoding", "br"),
        ])
        .await;
    let [known, gzip, brotli] = replies.as_slice() else { panic!() };
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    for (coded, coding) in [(gzip, "gzip"), (brotli, "br")] {
        assert_eq!((coded.status.as_u16(), coded.header("content-encoding")), (200, coding));
        assert_eq!(coded.header("etag"), format!("W/{tag}"));
        assert_eq!(coded.header("vary"), "accept-encoding");
        assert!(coded.body.len() < reply.body.len() / 2);
    }
    for other in [known, gzip, brotli] {
        assert_eq!(other.header("cache-control"), reply.header("cache-control"));
    }
}

#[actix_web::test]
async fn the_next_board_is_announced_for_whoever_asks_when_it_is_due() {
    let mut world = World::new();
    world
        .announced_boards
        .expect_last()
        .times(1)
        .returning(|_| Ok(LastAnnounced { board: None, as_of: now() + TimeDelta::seconds(1) }));
    world.queue.expect_figures().returning(|_| Ok(Some(super::world::figures())));
    world
        .announced_boards
        .expect_announce()
        .withf(|board, after| board.served == 5 && board.last_number == 7 && after.is_none())
        .times(1)
        .returning(|_, _| Ok(true));
    let board = world.send(get(&path())).await.json(200);
    assert_eq!(
        (&board["served"], &board["lastNumber"], &board["availableSeats"]),
        (&json!(5), &json!(7), &json!(12))
    );
    assert_eq!(board["departures"], json!([]));
}

#[actix_web::test]
async fn a_concert_that_there_is_not_has_no_board() {
    let mut world = World::new();
    world.announced_boards.expect_last().returning(|_| Ok(LastAnnounced { board: None, as_of: now() }));
    world.queue.expect_figures().returning(|_| Ok(None));
    world.send(get(&path())).await.problem(404, "concert_not_found");
    World::new().send(get("/api/v1/concerts/7/board")).await.problem(400, "malformed_request");
}
