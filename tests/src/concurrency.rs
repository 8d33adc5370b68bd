use std::future::Future;
use std::time::Duration;

use futures::future::join_all;
use tokio::time::{Instant, sleep};

/// The longest time that a condition may take. Only a failing test ever waits for so long.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The shortest wait until it is looked at again.
const INTERVAL_MIN: Duration = Duration::from_millis(10);
/// The longest one.
const INTERVAL_MAX: Duration = Duration::from_millis(150);

/// Asks again and again until there is something: more and more seldom, since asking keeps the machine from what is waited
/// for.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(begin.elapsed() < TIMEOUT, "still not: {what}");
        sleep((begin.elapsed() / 8).clamp(INTERVAL_MIN, INTERVAL_MAX)).await;
    }
}

/// Runs tasks at the same time and gives what they gave, in their order.
pub async fn together<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    tasks: impl IntoIterator<Item = F>,
) -> Vec<T> {
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    join_all(running).await.into_iter().map(Result::unwrap).collect()
}
