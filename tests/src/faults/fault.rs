use std::future::Future;
use std::time::Duration;

use rand::RngExt;
use tokio::time::sleep;

use super::network_fault::NetworkFault;
use super::proxied_cluster::ProxiedCluster;

/// Something that is done to a cluster again and again.
pub trait Fault: Copy + Send {
    /// Whether requests may go without an answer for longer than any client waits.
    const LEAVES_WAITING: bool = false;

    /// Does it once, and undoes what would not pass by itself.
    fn inject(self, cluster: &mut ProxiedCluster) -> impl Future<Output = ()>;
}

/// Kills an instance, and starts it again soon.
#[derive(Debug, Clone, Copy)]
pub struct KillInstance;

impl Fault for KillInstance {
    async fn inject(self, cluster: &mut ProxiedCluster) {
        let index = cluster.any_instance();
        cluster.kill_instance(index).await;
        cluster.start_instance(index).await;
        for_a_while(cluster, 300..900).await;
    }
}

/// Crashes the database server, and starts it again soon.
#[derive(Debug, Clone, Copy)]
pub struct CrashDatabase;

impl Fault for CrashDatabase {
    async fn inject(self, cluster: &mut ProxiedCluster) {
        cluster.crash_server().await;
        for_a_while(cluster, 50..800).await;
        cluster.restart_server().await;
        for_a_while(cluster, 500..1_500).await;
    }
}

/// Lets a standby take over whose clock is five seconds behind, and one whose clock is right the next time. The server of
/// before lives on for a while, as one does that has lost nothing but its own guardian.
#[derive(Debug, Clone, Copy)]
pub struct TakeOver;

impl Fault for TakeOver {
    async fn inject(self, cluster: &mut ProxiedCluster) {
        let seconds_off = if cluster.takeovers().is_multiple_of(2) { -5 } else { 0 };
        for_a_while(cluster, 500..1_500).await;
        let before = cluster.take_over(seconds_off).await;
        for_a_while(cluster, 2_000..4_000).await;
        before.crash().await.unwrap();
        for_a_while(cluster, 1_500..2_500).await;
    }
}

/// Stops an instance for longer than every time-out, and lets it go on.
#[derive(Debug, Clone, Copy)]
pub struct FreezeInstance;

impl Fault for FreezeInstance {
    const LEAVES_WAITING: bool = true;

    async fn inject(self, cluster: &mut ProxiedCluster) {
        let index = cluster.any_instance();
        // With a slow database, it is caught in the middle of a transaction.
        cluster.disturb_database(NetworkFault::Delay(Duration::from_millis(30)));
        for_a_while(cluster, 300..600).await;
        cluster.freeze_instance(index);
        cluster.disturb_database(NetworkFault::None);
        for_a_while(cluster, 11_000..12_000).await;
        cluster.thaw_instance(index);
        for_a_while(cluster, 500..1_500).await;
    }
}

/// Does nothing: that the clocks are skewed, which it makes sure of, is enough.
#[derive(Debug, Clone, Copy)]
pub struct SkewClocks;

impl Fault for SkewClocks {
    async fn inject(self, cluster: &mut ProxiedCluster) {
        cluster.assert_clock_skew().await;
        for_a_while(cluster, 500..1_000).await;
    }
}

/// Disturbs what goes between two parties for a while.
#[derive(Debug, Clone, Copy)]
pub enum DisturbNetwork {
    /// Between the instances and their database.
    AtTheDatabase(NetworkFault),
    /// Between the clients and the instances.
    AtTheClients(NetworkFault),
}

impl Fault for DisturbNetwork {
    async fn inject(self, cluster: &mut ProxiedCluster) {
        let disturb = |cluster: &ProxiedCluster, over| match self {
            Self::AtTheDatabase(fault) => {
                cluster.disturb_database(if over { NetworkFault::None } else { fault });
            }
            Self::AtTheClients(fault) => {
                cluster.disturb_clients(if over { NetworkFault::None } else { fault });
            }
        };
        disturb(cluster, false);
        let (Self::AtTheDatabase(fault) | Self::AtTheClients(fault)) = self;
        // Longer than every bound on an answer of the database, or as long as it takes to be in the way.
        let lasts = if fault == NetworkFault::Silence { 7_000..8_000 } else { 1_000..3_000 };
        for_a_while(cluster, lasts).await;
        disturb(cluster, true);
        for_a_while(cluster, 100..500).await;
    }
}

async fn for_a_while(cluster: &mut ProxiedCluster, millis: std::ops::Range<u64>) {
    let while_it_lasts = cluster.rng.random_range(millis);
    sleep(Duration::from_millis(while_it_lasts)).await;
}
