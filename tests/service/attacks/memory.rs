use seatline_tests::contract::SEAT_MAP;
use seatline_tests::{Sale, TestUser};

use super::target::{SEATS_MAX, Target, attackers, request_of, rounds, tally};

/// What a connection may cost that takes nothing: its buffers, and its share of what is remembered of its request.
const CONNECTION_BYTES: u64 = 128 * 1_024;
/// What reading and working out the largest maps takes for a while, whoever asks.
const WORK_BYTES: u64 = 96 << 20;
/// More than one user is given at a time of the largest map.
const AT_A_TIME_MAX: usize = 6;

fn map_of(sale: &Sale) -> String {
    format!("/api/v1/performances/{}/seats", sale.performance_id)
}

async fn waiting(target: &Target) -> TestUser {
    let sale = Sale::builder().capacity(1).open(&target.operator()).await;
    let _ahead = target.user().await.enter(&sale).await;
    let mut bob = target.user().await;
    bob.join(&sale).await;
    bob
}

/// The attacker's connections would have taken a gigabyte or two, were each given its map at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_map_on_many_connections_that_read_nothing_costs_hardly_anything() {
    let target = Target::start().await;
    let sale = Sale::builder().seats(SEATS_MAX).open(&target.operator()).await;
    let ada = target.user().await.enter(&sale).await;
    let bob = waiting(&target).await;
    let path = map_of(&sale);
    assert_eq!(ada.get(&path).send().await.of_kind(200, SEAT_MAP)["availableSeats"], SEATS_MAX);
    for _ in rounds() {
        target.recovers().await;
        let before = target.running.resident_bytes();
        let (connections, statuses) =
            target.besiege(attackers(), (0..attackers()).map(|_| request_of(&ada, &path))).await;
        let [(200, given), (429, refused)] = tally(&statuses)[..] else { panic!("{:?}", tally(&statuses)) };
        assert!(given < AT_A_TIME_MAX && given + refused == attackers(), "{given} given, {refused} refused");
        let (unsent, memory) = target.unsent().await;
        assert!(unsent > 32 << 20, "they do keep it waiting: {unsent}");
        assert!(memory < 1 << 20, "what they wait for is in memory once: {memory}");
        let grown = target.running.resident_bytes().saturating_sub(before);
        let bound = u64::try_from(attackers()).unwrap() * CONNECTION_BYTES + WORK_BYTES;
        println!(
            "{given} given, {refused} refused; {unsent} bytes unsent, {memory} kept; grown by {grown} of {bound}"
        );
        assert!(grown < bound, "grown by {grown} of {bound}");
        for _ in 0..20 {
            assert_eq!(bob.poll().await["position"], 1, "others are served meanwhile");
        }
        ada.get(&path).send().await.problem(429, "rate_limited");
        let carol = target.user().await.enter(&sale).await;
        assert_eq!(carol.get(&path).send().await.of_kind(200, SEAT_MAP)["totalSeats"], SEATS_MAX);
        drop(connections);
        target.recovers().await;
        assert_eq!(ada.get(&path).send().await.of_kind(200, SEAT_MAP)["totalSeats"], SEATS_MAX);
    }
    target.end().await;
}

/// Each has some of the seats and asks at another moment: no two of them are shown the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_users_who_read_nothing_of_many_different_maps_share_what_is_alike() {
    const USERS: u64 = 60;
    let target = Target::start().await;
    let sale = Sale::builder().seats(SEATS_MAX).open(&target.operator()).await;
    let bob = waiting(&target).await;
    let path = map_of(&sale);
    for round in rounds() {
        target.recovers().await;
        let before = target.running.resident_bytes();
        let mut connections = Vec::new();
        for user in 0..USERS {
            let ada = target.user().await.enter(&sale).await;
            let seat = 1 + (u64::try_from(round).unwrap() * USERS + user) % u64::from(SEATS_MAX);
            ada.try_hold(&sale, &[seat]).await;
            let (asked, statuses) = target.besiege(1, [request_of(&ada, &path)]).await;
            assert_eq!(statuses, [200]);
            connections.extend(asked);
        }
        let (unsent, memory) = target.unsent().await;
        let map = u64::from(SEATS_MAX) + 64 * 1_024;
        assert!(unsent > USERS * 7_000_000 && memory <= USERS * map, "{unsent} unsent, {memory} kept");
        let grown = target.running.resident_bytes().saturating_sub(before);
        let bound = USERS * (map + CONNECTION_BYTES) + WORK_BYTES;
        println!("{unsent} bytes unsent, {memory} kept; grown by {grown} of {bound}");
        assert!(grown < bound, "grown by {grown} of {bound}");
        assert_eq!(bob.poll().await["position"], 1);
        drop(connections);
    }
    target.end().await;
}
