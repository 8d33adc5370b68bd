use seatline_tests::{Answer, Cluster, Lock, Operator, Sale, TestUser, together};

use super::as_deployed;

const ROOMS: usize = 6;

/// A room for one person, in which somebody is and somebody waits.
#[derive(Clone)]
struct Room {
    sale: Sale,
    active: TestUser,
    waiting: TestUser,
}

async fn room(cluster: &Cluster, operator: &Operator) -> Room {
    let sale = Sale::builder().capacity(1).open(operator).await;
    let active = cluster.user().await.enter(&sale).await;
    let mut waiting = cluster.user().await;
    waiting.join(&sale).await;
    Room { sale, active, waiting }
}

/// Somebody joins, and somebody leaves, for whom the next person is let in.
async fn go_on(room: Room, mut newcomer: TestUser) -> Room {
    newcomer.join(&room.sale).await;
    assert_eq!(newcomer.poll().await["state"], "WAITING");
    let mut events = room.waiting.get("/api/v1/queue/token/events").events().await;
    room.active.leave().await;
    while events.next().await.expect("a turn").name != "active" {}
    Room { active: room.waiting, waiting: newcomer, ..room }
}

/// The same in all of these rooms at the same time.
async fn round(cluster: &Cluster, rooms: Vec<Room>) -> Vec<Room> {
    let newcomers = cluster.users(rooms.len()).await;
    together(rooms.into_iter().zip(newcomers).map(|(room, newcomer)| go_on(room, newcomer))).await
}

async fn join(user: TestUser, sale: Sale) -> Answer {
    user.try_join(&sale.concert_id).await
}

fn leave(user: &TestUser) -> impl Future<Output = Answer> + Send + 'static {
    let request = user.request("DELETE", "/api/v1/queue/token");
    async move { request.send().await }
}

/// A session of somebody else's that keeps a room's row. The next person could be let in, but for that.
async fn keep(cluster: &Cluster, room: &Room) -> Lock {
    let concert = &room.sale.concert_id;
    let row = format!("SELECT FROM waiting_rooms WHERE concert_id = '{concert}' FOR UPDATE");
    let lock = cluster.database().lock_by(&row).await;
    let expire = format!(
        "UPDATE passes SET expires_at = clock_timestamp() WHERE state = 'ACTIVE' AND concert_id = '{concert}'"
    );
    cluster.database().execute(&expire).await;
    lock
}

/// Those rooms are as many as lanes could be shared by.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_row_somebody_keeps_delays_no_other_and_goes_on_afterwards() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let operator = cluster.operator();
    let mut others = Vec::new();
    for _ in 0..ROOMS {
        others.push(room(&cluster, &operator).await);
    }
    // On a busy machine a round may take longer than a room waits for its row for the first time.
    for attempt in 1.. {
        let kept = room(&cluster, &operator).await;
        let lock = keep(&cluster, &kept).await;
        let joins = tokio::spawn(join(cluster.user().await, kept.sale.clone()));
        let leaves = tokio::spawn(leave(&kept.active));
        others = round(&cluster, others).await;
        let undisturbed = !joins.is_finished() && !leaves.is_finished();
        joins.await.unwrap().problem(503, "unavailable");
        leaves.await.unwrap().problem(503, "unavailable");
        lock.release().await;
        kept.active.leave().await;
        kept.waiting.until("ACTIVE").await;
        cluster.user().await.join(&kept.sale).await;
        if undisturbed {
            break;
        }
        assert!(attempt < 5, "each round of the others took as long as the kept room waited");
    }
    cluster.end().await;
}

/// So that many of them do not keep all connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_known_to_be_kept_waits_only_briefly() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let operator = cluster.operator();
    let (known, new) = (room(&cluster, &operator).await, room(&cluster, &operator).await);
    let (ada, bob) = (cluster.user().await, cluster.user().await);
    let known_lock = keep(&cluster, &known).await;
    join(ada.clone(), known.sale.clone()).await.problem(503, "unavailable");
    let new_lock = keep(&cluster, &new).await;
    tokio::select! {
        again = join(ada, known.sale) => again.problem(503, "unavailable"),
        first = join(bob, new.sale) => panic!("the row that is new to be kept was given up first: {first:?}"),
    };
    known_lock.release().await;
    new_lock.release().await;
    cluster.end().await;
}
