//! What Seatline promises, while things break. One line a scenario: a stage, and what happens to it.

mod checker;
mod disk;
mod pool;

use seatline_tests::faults::{Clocks, Crash, Freeze, Kill, Mishap, Ordeal, Scenery, Weather};
use std::time::Duration;

use Mishap::{CutAfterCommit, CutBeforeCommit, Delay, ResetInAnswer, ResetInRequest, Silence, SlowReader};
use Weather::{AtTheClients, AtTheDatabase};

macro_rules! ordeals {
    ($($name:ident: $scenery:expr, $fault:expr;)*) => {
        const SCENARIOS: usize = [$(stringify!($name)),*].len();

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                Ordeal { name: stringify!($name), scenarios: SCENARIOS }.run($scenery, $fault).await;
            }
        )*
    };
}

const TWO: Scenery = Scenery { instances: 2, own_server: false, clocks: &[] };
const OWN_SERVER: Scenery = Scenery { own_server: true, ..TWO };
const WRONG_CLOCKS: Scenery = Scenery { instances: 3, clocks: &[0, 600, -600], ..TWO };

ordeals! {
    instances_are_killed: TWO, Kill;
    postgresql_crashes: OWN_SERVER, Crash;
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
    an_instance_is_frozen: TWO, Freeze;
    clocks_are_ten_minutes_off: WRONG_CLOCKS, Clocks;
}
