use std::future::Future;
use std::time::Duration;

use rand::RngExt;
use tokio::time::sleep;

use super::mishap::Mishap;
use super::stage::Stage;

/// Something that is done to a stage again and again.
pub trait Fault: Copy + Send {
    /// Whether requests may go without an answer for longer than any client waits.
    const LEAVES_WAITING: bool = false;

    /// Does it once, and undoes what would not pass by itself.
    fn strike(self, stage: &mut Stage) -> impl Future<Output = ()>;
}

/// Kills an instance, and starts it again soon.
#[derive(Debug, Clone, Copy)]
pub struct Kill;

impl Fault for Kill {
    async fn strike(self, stage: &mut Stage) {
        let index = stage.any_instance();
        stage.kill(index).await;
        stage.start(index).await;
        for_a_while(stage, 300..900).await;
    }
}

/// Crashes the database server, and starts it again soon.
#[derive(Debug, Clone, Copy)]
pub struct Crash;

impl Fault for Crash {
    async fn strike(self, stage: &mut Stage) {
        stage.crash_server().await;
        for_a_while(stage, 50..800).await;
        stage.restart_server().await;
        for_a_while(stage, 500..1_500).await;
    }
}

/// Stops an instance for longer than every time-out, and lets it go on.
#[derive(Debug, Clone, Copy)]
pub struct Freeze;

impl Fault for Freeze {
    const LEAVES_WAITING: bool = true;

    async fn strike(self, stage: &mut Stage) {
        let index = stage.any_instance();
        // With a slow database, it is caught in the middle of a transaction.
        stage.disturb_database(Mishap::Delay(Duration::from_millis(30)));
        for_a_while(stage, 300..600).await;
        stage.freeze(index);
        stage.disturb_database(Mishap::None);
        for_a_while(stage, 11_000..12_000).await;
        stage.thaw(index);
        for_a_while(stage, 500..1_500).await;
    }
}

/// Nothing is done: that the clocks are wrong, which it makes sure of, is enough.
#[derive(Debug, Clone, Copy)]
pub struct Clocks;

impl Fault for Clocks {
    async fn strike(self, stage: &mut Stage) {
        stage.assert_wrong_clocks().await;
        for_a_while(stage, 500..1_000).await;
    }
}

/// Bad weather between two parties: comes and goes.
#[derive(Debug, Clone, Copy)]
pub enum Weather {
    /// Between the instances and their database.
    AtTheDatabase(Mishap),
    /// Between the clients and the instances.
    AtTheClients(Mishap),
}

impl Fault for Weather {
    async fn strike(self, stage: &mut Stage) {
        let cause = |stage: &Stage, clear| match self {
            Self::AtTheDatabase(mishap) => stage.disturb_database(if clear { Mishap::None } else { mishap }),
            Self::AtTheClients(mishap) => stage.disturb_clients(if clear { Mishap::None } else { mishap }),
        };
        cause(stage, false);
        let (Self::AtTheDatabase(mishap) | Self::AtTheClients(mishap)) = self;
        // Longer than every bound on an answer of the database, or as long as it takes to be in the way.
        let lasts = if mishap == Mishap::Silence { 7_000..8_000 } else { 1_000..3_000 };
        for_a_while(stage, lasts).await;
        cause(stage, true);
        for_a_while(stage, 100..500).await;
    }
}

async fn for_a_while(stage: &mut Stage, millis: std::ops::Range<u64>) {
    let while_it_lasts = stage.dice.random_range(millis);
    sleep(Duration::from_millis(while_it_lasts)).await;
}
