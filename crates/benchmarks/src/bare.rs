//! The service beside a bare handler that sends the same bytes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::load::Load;
use crate::report;
use crate::server::Process;

const ROUND: Duration = Duration::from_secs(1);

/// Sends these requests to the service, and to a bare handler that answers each with the bytes of the first answer, in turns.
/// The first turn warms up.
///
/// * `ours`, `what` – the names of the answers, and of their bytes.
/// * `least` – the ratio to reach.
pub(crate) async fn compare(
    load: Load,
    requests: Vec<Vec<u8>>,
    (ours, what): (&str, &str),
    least: f64,
) -> anyhow::Result<()> {
    let first = requests.iter().take(1).cloned().collect();
    let answer = load.once(first).await?.bodies.pop().context("no answer")?;
    let requests = Arc::new(requests);
    let server = Process::bare(&String::from_utf8(answer)?)?;
    let bare = Load { address: server.address, ..load };
    let mut figures: [Vec<f64>; 2] = Default::default();
    for round in 0..=5 {
        for (figures, load) in figures.iter_mut().zip([bare, load]) {
            let figure = load.cycle(&requests, ROUND).await?;
            if round > 0 {
                figures.push(figure);
            }
        }
    }
    let [by_bare, by_us] = &figures;
    report::rate(&format!("bare handler with the bytes of {what}"), report::median(by_bare));
    report::rate(ours, report::median(by_us));
    report::at_least(&format!("{ours} / bare handler"), report::ratio(by_us, by_bare), least);
    Ok(())
}
