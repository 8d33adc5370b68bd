use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::idempotency::DeleteExpiredKeys;
use seatline_domain::ports::MockIdempotencyKeys;

use crate::samples::unavailable;

#[tokio::test(start_paused = true)]
async fn a_step_forgets_a_bounded_number_of_keys_and_says_how_many() {
    for answer in [Ok(500), Ok(3), Err(unavailable())] {
        let mut keys = MockIdempotencyKeys::new();
        let expected = answer.clone();
        keys.expect_delete_expired().with(eq(500)).times(1).return_once(|_| answer);
        let forget = DeleteExpiredKeys { keys: Arc::new(keys) };
        assert_eq!(forget.execute().await, expected);
    }
}
