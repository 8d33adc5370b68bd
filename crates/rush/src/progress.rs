//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::advice;
use crate::metrics::{Outcome, Stage, per_second};
use crate::rehearsal::Rehearsal;

/// Prints what is going to happen.
pub(crate) fn announce(rehearsal: &Rehearsal) {
    let Rehearsal { service, sale, people, seed, .. } = rehearsal;
    let concert = &sale.concert;
    eprintln!("{} at {}, concert {}", concert.title, service.url, concert.id);
    let (people, seats) = (HumanCount(people.expected.into()), HumanCount(concert.seats));
    eprintln!("{people} people come for {seats} seats, by seed {seed}");
}

/// Shows the progress until the rehearsal stops.
pub(crate) async fn show(rehearsal: Arc<Rehearsal>) {
    let terminal = stderr().is_terminal();
    let every = if terminal { Duration::from_millis(250) } else { Duration::from_secs(5) };
    let bar = if terminal { bar(&rehearsal) } else { ProgressBar::hidden() };
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let (mut before, mut since) = (rehearsal.metrics.answered(), Instant::now());
    let mut advised = false;
    while rehearsal.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let answered = rehearsal.metrics.answered();
        let rate = per_second(answered - before, since.elapsed());
        (before, since) = (answered, Instant::now());
        if !advised && rehearsal.metrics.limited() > 0 {
            advised = true;
            bar.suspend(|| eprintln!("{}", advice::RATE_LIMITED));
        }
        let line = line(&rehearsal, rate);
        if terminal {
            bar.set_position(rehearsal.people.done());
            bar.set_message(line);
        } else {
            let done = HumanCount(rehearsal.people.done());
            eprintln!("{done} of {} done; {line}", HumanCount(rehearsal.people.expected.into()));
        }
    }
    bar.finish_and_clear();
}

fn bar(rehearsal: &Rehearsal) -> ProgressBar {
    let bar = ProgressBar::new(rehearsal.people.expected.into());
    if let Ok(style) = ProgressStyle::with_template("[{elapsed}] {wide_bar} {human_pos}/{human_len}\n{msg}") {
        bar.set_style(style);
    }
    bar
}

fn line(rehearsal: &Rehearsal, rate: f64) -> String {
    let people = &rehearsal.people;
    let figures = [
        ("arriving", people.at(Stage::Arriving)),
        ("waiting", people.at(Stage::Waiting)),
        ("at the seats", people.at(Stage::Choosing)),
        ("bought", people.ended(Outcome::Bought)),
        ("failed", people.ended(Outcome::Failed)),
    ];
    let people = figures.map(|(name, count)| format!("{} {name}, ", HumanCount(count))).concat();
    format!("{people}{rate:.0} requests/s, {} errors", HumanCount(rehearsal.metrics.errors()))
}
