//! Credentials that are nobody's.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::DateTime;
use seatline_application::accounts::AccessToken;
use seatline_application::queue::{Holder, QueueKey, QueueTokens};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::queue::{Number, QueueClaims};
use seatline_tests::{QUEUE_KEY, TestUser};
use serde_json::Value;

use super::user_with_hold::UserWithHold;

/// `Authorization` headers that look more or less like this user's.
pub(super) fn bearers_of_nobody(user: &TestUser) -> Vec<String> {
    let token = &user.access_token;
    let (cut, shifted) = (&token[..token.len() - 1], &token[1..]);
    let swapped: String = token.chars().rev().collect();
    vec![
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer null".into(),
        format!("Bearer {cut}"),
        format!("Bearer {shifted}"),
        format!("Bearer {token}x"),
        format!("Bearer {swapped}"),
        format!("Bearer {}", token.to_lowercase()),
        format!("Bearer {token} {token}"),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {}", user.user_id),
        format!("Bearer {}", user.queue_token.as_deref().unwrap_or_default()),
        "Bearer ' OR 1=1--".into(),
        format!("Bearer {}", "x".repeat(5_000)),
    ]
}

/// Queue tokens that look more or less like this user's.
pub(super) fn forged_queue_tokens(user: &UserWithHold) -> Vec<String> {
    let token = user.queue_token();
    let (payload, signature) = token.split_once('.').unwrap();
    let claims = claims_of(payload);
    let signed_by = |key: &str, claims: &QueueClaims| {
        let tokens = QueueTokens::new(QueueKey::parse(key.as_bytes()).unwrap(), Vec::new());
        let access_token = AccessToken::parse(&user.user.access_token).unwrap();
        tokens.issue(*claims, Holder::of(&access_token.hash())).text
    };
    let further_ahead = Number::new(claims.number.get() + 1_000);
    let nobodys = signed_by(QUEUE_KEY, &QueueClaims { number: further_ahead, ..claims });
    let by_another_key = signed_by("another-key-of-at-least-32-bytes-0123", &claims);
    let other_payload = nobodys.split_once('.').unwrap().0;
    let other_signature = by_another_key.split_once('.').unwrap().1;
    assert_eq!(signed_by(QUEUE_KEY, &claims), token, "this is how tokens are made");
    vec![
        String::new(),
        "x".into(),
        ".".into(),
        "a.b".into(),
        token[1..].into(),
        token[..token.len() - 1].into(),
        payload.into(),
        format!("{payload}."),
        format!(".{signature}"),
        token.replace('.', ".."),
        format!("{token}.{signature}"),
        format!("{payload}.{other_signature}"),
        format!("{other_payload}.{signature}"),
        by_another_key,
        nobodys,
        "' OR 1=1--".into(),
        "x".repeat(5_000),
    ]
}

fn claims_of(payload: &str) -> QueueClaims {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let text = |name: &str| payload[name].as_str().unwrap();
    QueueClaims {
        user_id: UserId::new(text("userId").parse().unwrap()),
        concert_id: ConcertId::new(text("concertId").parse().unwrap()),
        number: Number::new(payload["number"].as_u64().unwrap()),
        issued_at: DateTime::from_timestamp_micros(payload["issuedAtMicros"].as_i64().unwrap()).unwrap(),
    }
}
