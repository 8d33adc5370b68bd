//! Hostile and unlucky input: each gets its own refusal, repeats nothing of what was sent, and leaves nothing behind.

mod bodies;
mod framing;
mod paths;
mod values;

use seatline_tests::{Answer, Cluster, Person, Sale};

/// Something that no answer may repeat.
const MARKER: &str = "Zq7marker";

/// Somebody in their turn, on an instance of their own.
struct Scene {
    cluster: Cluster,
    sale: Sale,
    ada: Person,
}

impl Scene {
    async fn set() -> Self {
        let cluster = Cluster::start().await;
        let sale = Sale::plan().seats_per_user(100).open(&cluster.operator()).await;
        let ada = cluster.person().await.enter(&sale).await;
        Self { cluster, sale, ada }
    }
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
