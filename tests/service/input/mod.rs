//! Hostile and unlucky input: each gets its own refusal, repeats nothing of what was sent, and leaves nothing behind.
//!
//! | input | tests |
//! |---|---|
//! | bodies that are no sound JSON object, too large, of another type; smuggled fields | [`bodies`] |
//! | invalid UTF-8, lone surrogates and NUL in every text; names | [`texts`] |
//! | amounts, seats, ids and dates in bodies; operators' values | [`values`] |
//! | which field or parameter cannot be read | [`fields`] |
//! | ids and dates in paths, injection in paths and queries, other methods | [`paths`] |
//! | injection in headers, headers that are there twice | [`headers`] |
//! | what is uncommon but sound, or a matter of convention: `HEAD`, `Accept`, character sets, encoded paths | [`conventions`] |
//! | frames that no HTTP client would send | [`framing`], [`smuggling`] |
//! | slow, vanishing and very many clients | [`clients`](crate::clients) |
//! | queue tokens of all kinds; users' and operators' routes | [`authorisation`](crate::authorisation) |
//! | another user's things | `authorisation::others` |
//! | seats of another performance, sales not open, a performance that has begun | [`values`], `errors::booking` |
//! | idempotency keys | [`idempotency`](crate::idempotency), `contention::one_wallet` |

mod bodies;
mod conventions;
mod fields;
mod framing;
mod headers;
mod paths;
mod smuggling;
mod texts;
mod values;

use seatline_tests::{Answer, ClusterOptions, Fixture, Sale};

/// Something that no answer may repeat.
const MARKER: &str = "Zq7marker";

/// A user in their turn, on an instance of their own.
async fn start() -> Fixture {
    Fixture::start(ClusterOptions::default(), Sale::builder().seats_per_user(100)).await
}

/// Checks a refusal: one of these codes, and nothing of what was sent.
#[track_caller]
fn assert_refused(answer: &Answer, codes: &[&str], sent: &str) {
    let sent: String = sent.chars().take(200).collect();
    let code = answer.code().unwrap_or_default();
    assert!(codes.contains(&code.as_str()), "{sent} got {} {}", answer.status, answer.text());
    assert_ne!(answer.status, 500, "{sent}");
    assert_discreet(&answer.text(), &sent);
}

/// Checks that an answer names neither what was sent nor what is inside.
#[track_caller]
fn assert_discreet(text: &str, sent: &str) {
    let internals =
        ["SELECT", "INSERT", "diesel", "serde", "postgres", "panicked", "src/", "line 1", "column"];
    for secret in internals.into_iter().chain([MARKER, "OR 1=1"]) {
        assert!(!text.contains(secret), "{secret} in the answer to {sent}: {text}");
    }
}
