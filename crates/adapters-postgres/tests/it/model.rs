//! Random sequences of operations end on PostgreSQL as they do on the reference.

use seatline_test_support::InMemoryFixture;
use seatline_test_support::model::run_both;

use crate::fixture::PostgresFixture;

const SEEDS: u64 = 6;
const STEPS: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_and_the_reference_agree() {
    let plays = (1..=SEEDS).map(|seed| async move {
        let (reference, subject) = (InMemoryFixture::new(), PostgresFixture::new().await);
        run_both(&reference, &subject, seed, STEPS).await.unwrap_or_else(|divergence| panic!("{divergence}"))
    });
    let runs = futures::future::join_all(plays).await;
    let kinds: std::collections::BTreeSet<_> = runs.iter().flat_map(|run| run.answers.keys()).collect();
    assert!(kinds.len() > 20, "the sequences came to little: {kinds:?}");
}
