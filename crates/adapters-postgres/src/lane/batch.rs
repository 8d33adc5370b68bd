use seatline_domain::storage::StorageError;
use seatline_domain::working_set::{Footprint, WorkingSet};

use super::Job;
use crate::failure::Failure;
use crate::pool::{Lease, Pool};
use crate::tables;

/// Takes batches of commands through lock → load → decide → store.
#[derive(Clone)]
pub(crate) struct BatchRunner {
    pool: Pool,
}

impl BatchRunner {
    const ATTEMPTS: u8 = 4;

    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Handles a batch in one transaction. When it fails for a reason of its own making, its commands are run one by
    /// one, so that a bad command fails alone.
    pub(crate) async fn run(&self, mut jobs: Vec<Box<dyn Job>>) {
        match self.attempt(&mut jobs).await {
            Ok(()) => jobs.into_iter().for_each(Job::answer),
            Err(Failure::Broken(_)) if jobs.len() > 1 => {
                for job in jobs {
                    self.run_alone(job).await;
                }
            }
            Err(failure) => fail_all(jobs, failure),
        }
    }

    async fn run_alone(&self, job: Box<dyn Job>) {
        let mut jobs = vec![job];
        match self.attempt(&mut jobs).await {
            Ok(()) => jobs.into_iter().for_each(Job::answer),
            Err(failure) => fail_all(jobs, failure),
        }
    }

    /// One batch, again where that helps: after contention, and after a connection was lost before the commit.
    async fn attempt(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.transaction(jobs).await {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            match failure {
                Failure::Contention(_) if attempt < Self::ATTEMPTS => {
                    tracing::debug!(?failure, attempt, "a batch is repeated");
                }
                Failure::ConnectionLost(_) if attempt < Self::ATTEMPTS => self.pool.drop_idle(),
                failure => return Err(failure),
            }
            attempt += 1;
        }
    }

    async fn transaction(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        let mut lease = self.pool.begin().await?;
        let result = work(&mut lease, jobs).await;
        lease.finish(result).await
    }
}

async fn work(lease: &mut Lease, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    let mut footprint = Footprint::default();
    for job in &*jobs {
        job.footprint(&mut footprint);
    }
    let mut set = WorkingSet::default();
    tables::lock(lease, &footprint, &mut set).await?;
    let now = tables::clock(lease).await?;
    tables::load(lease, &footprint, &mut set).await?;
    for job in &mut *jobs {
        job.decide(&mut set, now);
    }
    tables::store(lease, &set, now).await
}

fn fail_all(jobs: Vec<Box<dyn Job>>, failure: Failure) {
    tracing::warn!(?failure, commands = jobs.len(), "a batch failed");
    let error = StorageError::from(failure);
    for job in jobs {
        job.fail(error.clone());
    }
}
