use seatline_tests::{Receiver, eventually};

use super::cluster;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_of_an_instance_that_is_gone_is_taken_over() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    // Somebody has taken the lease, and is gone.
    let taken = "UPDATE webhook_leases SET holder = gen_random_uuid(),
                        leased_until = clock_timestamp() + interval '5 seconds'";
    cluster.database().execute(taken).await;
    cluster.user().await.charge(1).await;
    let delivery =
        eventually("it is published", || async { operator.deliveries(&webhook).await.pop() }).await;
    assert_eq!(delivery["state"], "PENDING");
    assert!(receiver.all().is_empty(), "whoever has the lease delivers");
    receiver.until_taken(1).await;
    cluster.end().await;
}
