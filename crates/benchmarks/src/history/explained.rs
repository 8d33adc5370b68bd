use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;
use tokio_postgres::Client;

use super::plan::Plan;
use crate::report;

/// The executions of one statement.
pub(super) struct Explained {
    plans: Vec<Plan>,
}

impl Explained {
    /// How many buffers an execution took for each row that it gave, if any: that in the middle.
    pub(super) fn per_row(&self) -> f64 {
        let per_row = |plan: &Plan| figure(total(plan)) / figure(plan.rows().max(1));
        report::median(&self.plans.iter().map(per_row).collect::<Vec<_>>())
    }

    /// The median and the most buffers of an execution, and how many of the latter had to be read.
    pub(super) fn buffers(&self) -> String {
        let most = self.totals().max().unwrap_or(0);
        let read = self.plans.iter().map(|plan| plan.buffers().1).max().unwrap_or(0);
        let median = report::median(&self.totals().map(figure).collect::<Vec<_>>());
        format!("{median:.0}, {most} ({read})")
    }

    pub(super) fn name(&self) -> String {
        self.costliest().map(Plan::name).unwrap_or_default()
    }

    /// The plan of the costliest execution.
    pub(super) fn plan(&self) -> String {
        self.costliest().map(Plan::tree).unwrap_or_default()
    }

    /// That plan without what was counted.
    pub(super) fn shape(&self) -> String {
        self.costliest().map(Plan::shape).unwrap_or_default()
    }

    fn costliest(&self) -> Option<&Plan> {
        self.plans.iter().max_by_key(|plan| total(plan))
    }

    fn totals(&self) -> impl Iterator<Item = u64> {
        self.plans.iter().map(total)
    }
}

fn figure(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

fn total(plan: &Plan) -> u64 {
    let (hit, read) = plan.buffers();
    hit + read
}

/// Has PostgreSQL write the plan of every statement into its log, and reads it from there: what is explained is what the
/// service really runs, with the plans that its connections really have.
pub(super) struct Explainer<'c> {
    client: &'c Client,
    log: PathBuf,
    /// How long the log was before.
    begin: usize,
}

impl<'c> Explainer<'c> {
    /// For connections that are opened from now on.
    pub(super) async fn switch_on(client: &'c Client, log: PathBuf) -> anyhow::Result<Self> {
        const ON: &str = "
            ALTER DATABASE postgres SET session_preload_libraries = 'auto_explain';
            ALTER DATABASE postgres SET auto_explain.log_min_duration = 0;
            ALTER DATABASE postgres SET auto_explain.log_analyze = on;
            ALTER DATABASE postgres SET auto_explain.log_buffers = on;
            ALTER DATABASE postgres SET auto_explain.log_timing = off;
            ALTER DATABASE postgres SET auto_explain.log_format = 'json';";
        // Only where it is loaded can it be configured.
        client.batch_execute("LOAD 'auto_explain'").await.context("PostgreSQL lacks auto_explain")?;
        client.batch_execute("SET auto_explain.log_min_duration = -1").await?;
        client.batch_execute(ON).await?;
        let begin = fs::read(&log)?.len();
        Ok(Self { client, log, begin })
    }

    /// Gives what was executed meanwhile, by the text of the statement.
    pub(super) async fn switch_off(self) -> anyhow::Result<BTreeMap<String, Explained>> {
        self.client.batch_execute("ALTER DATABASE postgres RESET ALL").await?;
        let log = fs::read(&self.log)?;
        let log = String::from_utf8_lossy(log.get(self.begin..).context("the log has shrunk")?);
        let mut explained: BTreeMap<String, Explained> = BTreeMap::new();
        for (text, plan) in plans(&log)? {
            explained.entry(text).or_insert_with(|| Explained { plans: Vec::new() }).plans.push(plan);
        }
        Ok(explained)
    }
}

/// The statements of a log, with their plans. A message's first line ends in `plan:`, its others begin with a tab.
fn plans(log: &str) -> anyhow::Result<Vec<(String, Plan)>> {
    let mut plans = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.ends_with("plan:") {
            continue;
        }
        let mut message = String::new();
        while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
            message.push_str(more);
        }
        let mut explained: Value = serde_json::from_str(&message).context("a plan that cannot be read")?;
        let text =
            explained.get("Query Text").and_then(Value::as_str).context("a plan of nothing")?.to_owned();
        let plan = explained.get_mut("Plan").map(Value::take).context("a statement without a plan")?;
        plans.push((text, Plan::new(plan)));
    }
    Ok(plans)
}
