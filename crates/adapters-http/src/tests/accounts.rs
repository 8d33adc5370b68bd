use seatline_application::accounts::AccessToken;
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::{ConcertId, ReservationId};
use seatline_domain::idempotency::Answer;
use seatline_domain::payment::{OwnedSeat, OwnedSeats};
use seatline_domain::seat::SeatNumber;
use seatline_domain::text::Text;
use seatline_domain::user::{Account, User};
use serde_json::json;
use uuid::Uuid;

use super::world::{Sender, World, ada, amount, at, get, performance_id, post};

/// The account that a command opens.
fn account(command: RegisterUserCommand) -> Account {
    Account { user: command.user, token_hash: command.token_hash }
}

#[actix_web::test]
async fn a_repeated_registration_shows_the_token_to_whoever_has_a_secret_key() {
    let opened = std::sync::Mutex::new(None);
    let mut world = World::new();
    world.accounts.expect_register().times(4).returning(move |command| {
        let key = command.key.clone().unwrap().key;
        let mut opened = opened.lock().unwrap();
        match &*opened {
            Some((known, account)) if *known == key => Ok(Answer::replayed(Account::clone(account), true)),
            _ => {
                let account = account(command);
                *opened = Some((key, account.clone()));
                Ok(Answer::created(account))
            }
        }
    });
    let secret = "0c4b5a4e-5f7d-4a53-9d3e-2f1f0f1c9a11";
    let keys = [secret, secret, "nineteen-characters", "nineteen-characters"];
    let requests = keys.map(|key| post("/api/v1/users", r#"{"name":"Ada"}"#).key(key));
    let replies = world.send_all(requests).await;
    let users: Vec<_> = replies.iter().map(|reply| reply.json(201)).collect();
    assert_eq!(users[0], users[1]);
    assert!(AccessToken::parse(users[1]["accessToken"].as_str().unwrap()).is_some());
    assert!(AccessToken::parse(users[2]["accessToken"].as_str().unwrap()).is_some());
    assert_eq!(users[3]["accessToken"], json!(null), "others may have guessed it");
    assert_eq!(users[3]["userId"], users[2]["userId"]);
    let replayed: Vec<_> = replies.iter().map(|reply| reply.header("idempotency-replayed")).collect();
    assert_eq!(replayed, ["", "true", "", "true"]);
}

#[actix_web::test]
async fn registering_shows_the_access_token_once() {
    for (body, name) in
        [("{}", json!(null)), (r#"{"name":" Ada "}"#, json!("Ada")), (r#"{"name":null}"#, json!(null))]
    {
        let mut world = World::new();
        world.accounts.expect_register().times(1).returning(|command| Ok(Answer::created(account(command))));
        let reply = world.send(post("/api/v1/users", body)).await;
        let user = reply.json(201);
        assert_eq!(user["name"], name);
        assert_eq!(user["userId"], Uuid::from_u128(1).to_string());
        assert!(AccessToken::parse(user["accessToken"].as_str().unwrap()).is_some());
        assert_eq!(user.as_object().unwrap().len(), 3);
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[actix_web::test]
async fn the_page_shows_balance_and_seats() {
    let mut world = World::new();
    world
        .accounts
        .expect_user()
        .returning(|id| Ok(Some(User { id, name: Some(Text::parse("Ada").unwrap()) })));
    world.wallets.expect_balance().returning(|_| Ok(amount("12.50")));
    world.payments.expect_owned_seats().returning(|_, _| {
        let newest = vec![OwnedSeat {
            reservation_id: ReservationId::new(Uuid::from_u128(3)),
            concert_id: ConcertId::new(Uuid::from_u128(4)),
            title: "Winter Gala".into(),
            performance_id: performance_id(),
            starts_at: at("2026-12-24T10:00:00Z"),
            seat_number: SeatNumber::parse(7).unwrap(),
            section: "Floor".into(),
            paid_at: at("2026-11-21T09:00:00.123456Z"),
        }];
        Ok(OwnedSeats { newest, total: 101 })
    });
    assert_eq!(
        world.send(get("/api/v1/users/me").ada()).await.json(200),
        json!({
            "userId": ada().to_string(),
            "name": "Ada",
            "balance": 12.5,
            "seats": [{
                "reservationId": Uuid::from_u128(3),
                "concertId": Uuid::from_u128(4),
                "title": "Winter Gala",
                "performanceId": performance_id().to_string(),
                "startsAt": "2026-12-24T10:00:00Z",
                "seatNumber": 7,
                "section": "Floor",
                "paidAt": "2026-11-21T09:00:00.123456Z",
            }],
            "seatsTotal": 101,
        })
    );
}

#[actix_web::test]
async fn a_user_who_is_no_more_is_nobody() {
    let mut world = World::new();
    world.accounts.expect_user().returning(|_| Ok(None));
    world.send(get("/api/v1/users/me").ada()).await.problem(401, "unauthenticated");
}
