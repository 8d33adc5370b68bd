use std::time::Duration;

use rand::random;
use tokio::time::Instant;

use super::fault::Fault;
use super::proxied_cluster::{ProxiedCluster, Topology};
use crate::concurrency::eventually;
use crate::crowd::Crowd;
use crate::history::{History, contradictions};

/// One scenario: a cluster, a crowd, a fault that is injected again and again, and a look at what is left.
///
/// By default one short round by a seed that is always the same. `SEATLINE_FAULTS=20m` makes it this long over all
/// scenarios, by a new seed each round; `SEATLINE_SEED` repeats a round. Seeds are printed.
#[derive(Debug, Clone, Copy)]
pub struct FaultScenario {
    /// Its name.
    pub name: &'static str,
    /// How many scenarios share the time, unless `SEATLINE_SCENARIOS` says how many are run.
    pub scenarios: usize,
}

impl FaultScenario {
    const PEOPLE: u64 = 30;
    const SHORT: Duration = Duration::from_secs(5);
    const LONG: Duration = Duration::from_secs(30);
    /// A round is not over before so much was done.
    const OPERATIONS_MIN: usize = 150;
    const SEED: u64 = 20_261_121;

    /// Runs it. Fails when any promise was broken.
    pub async fn run(self, topology: Topology, fault: impl Fault) {
        let seed = variable("SEATLINE_SEED").map(|text| text.parse().unwrap());
        let Some(all) = variable("SEATLINE_FAULTS").map(|text| humantime::parse_duration(&text).unwrap())
        else {
            return self.round(topology, fault, seed.unwrap_or(Self::SEED), Self::SHORT).await;
        };
        let sharing = variable("SEATLINE_SCENARIOS").map_or(self.scenarios, |text| text.parse().unwrap());
        let until = Instant::now() + all / u32::try_from(sharing).unwrap();
        while Instant::now() < until {
            self.round(topology, fault, seed.unwrap_or_else(random), Self::LONG).await;
        }
    }

    async fn round<F: Fault>(self, topology: Topology, fault: F, seed: u64, length: Duration) {
        println!("{}: SEATLINE_SEED={seed}", self.name);
        let mut cluster = ProxiedCluster::start(topology, seed).await;
        let (sales, history) = (cluster.open_sale().await, History::default());
        let crowd = Crowd::start(Self::PEOPLE, cluster.endpoints(), &sales, &history, seed);
        let (until, mut injections) = (Instant::now() + length, 0);
        while Instant::now() < until || history.tally().0 < Self::OPERATIONS_MIN {
            fault.inject(&mut cluster).await;
            injections += 1;
        }
        crowd.finish().await;
        let (disturbances, (known, refused, unknown)) = (cluster.disturbances(), history.tally());
        println!(
            "{}: {injections} injections ({disturbances} by proxies); {known} requests acknowledged, {refused} refused, \
             {unknown} of unknown outcome: {:?}",
            self.name,
            history.reasons()
        );
        // Nothing is left open for longer than the bound on idle transactions.
        eventually("no transaction is open", async || {
            let open = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                          AND state LIKE 'idle in transaction%' AND state_change < now() - interval '1 s'";
            (cluster.database().query(open).await == ["0"]).then_some(())
        })
        .await;
        let (database, server) = cluster.stop().await;
        let found = contradictions(&history, &database).await;
        assert!(found.is_empty(), "{} by seed {seed}: {found:#?}", self.name);
        let unanswered = history.timed_out();
        assert!(F::LEAVES_WAITING || unanswered.is_empty(), "answers never came: {unanswered:#?}");
        drop(server);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long to try is said to the tests by their caller")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
