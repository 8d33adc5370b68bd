//! What Seatline promises, while things break. One line a scenario: a cluster, and what happens to it.

mod bulkheads;
mod checker;
mod disk;
mod pool;
mod pooler;

use seatline_tests::faults::{
    CrashDatabase, DisturbNetwork, FaultScenario, FreezeInstance, KillInstance, NetworkFault, SkewClocks,
    TakeOver, Topology,
};
use std::time::Duration;

use DisturbNetwork::{AtTheClients, AtTheDatabase};
use NetworkFault::{
    CutAfterCommit, CutBeforeCommit, Delay, ResetInAnswer, ResetInRequest, Silence, SlowReader,
};

macro_rules! fault_scenarios {
    ($($name:ident: $topology:expr, $fault:expr;)*) => {
        const SCENARIOS: usize = [$(stringify!($name)),*].len();

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                FaultScenario { name: stringify!($name), scenarios: SCENARIOS }.run($topology, $fault).await;
            }
        )*
    };
}

const TWO: Topology = Topology { instances: 2, own_server: false, database_hosts: 1, clock_skews: &[] };
const OWN_SERVER: Topology = Topology { own_server: true, ..TWO };
const TWO_SERVERS: Topology = Topology { own_server: true, database_hosts: 2, ..TWO };
const WRONG_CLOCKS: Topology = Topology { instances: 3, clock_skews: &[0, 600, -600], ..TWO };

fault_scenarios! {
    instances_are_killed: TWO, KillInstance;
    postgresql_crashes: OWN_SERVER, CrashDatabase;
    a_standby_takes_over_by_a_slow_clock: TWO_SERVERS, TakeOver;
    the_database_is_slow: TWO, AtTheDatabase(Delay(Duration::from_millis(20)));
    the_database_resets_connections: TWO, AtTheDatabase(ResetInAnswer(40));
    statements_are_cut_in_the_middle: TWO, AtTheDatabase(ResetInRequest(40));
    commits_do_not_arrive: TWO, AtTheDatabase(CutBeforeCommit(4));
    commits_are_not_confirmed: TWO, AtTheDatabase(CutAfterCommit(4));
    the_database_falls_silent: TWO, AtTheDatabase(Silence);
    requests_are_cut_in_the_middle: TWO, AtTheClients(ResetInRequest(8));
    answers_are_cut_in_the_middle: TWO, AtTheClients(ResetInAnswer(8));
    clients_fall_silent: TWO, AtTheClients(Silence);
    clients_read_slowly: TWO, AtTheClients(SlowReader);
    an_instance_is_frozen: TWO, FreezeInstance;
    clocks_are_ten_minutes_off: WRONG_CLOCKS, SkewClocks;
}
