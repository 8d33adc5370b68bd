//! Random sequences of operations end on PostgreSQL as they do on the reference.

use seatline_test_support::model::Comparison;

use crate::fixture::PostgresFixture;

#[test]
fn postgres_and_the_reference_agree() {
    let comparison = Comparison { seed: 1, sequences: 6, length: 400 };
    let answers = comparison.run(PostgresFixture::new).unwrap_or_else(|found| panic!("{found}"));
    assert!(answers.len() > 20, "the sequences came to little: {answers:?}");
}
