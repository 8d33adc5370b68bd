use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser};
use secrecy::SecretString;

use crate::chance::Chance;
use crate::points::Points;

/// The rehearsal of a sale: sends a crowd through the whole journey, from the account to the ticket, against any
/// Seatline, measures how long it takes, and checks from outside that every promise was kept.
///
/// Exit code: 0 when everybody was done, every promise was kept and nobody failed; 1 when a promise was broken or somebody
/// failed; 2 when there was no rehearsal, or it ended before everybody was done and nothing had been found until then.
#[derive(Debug, Clone, Parser)]
#[command(name = "seatline-rush", version)]
pub struct Options {
    /// Where Seatline is, by http or https. Of several instances, separated by commas, everybody asks any.
    #[arg(long, env = "SEATLINE_URL", default_value = "http://127.0.0.1:8080", value_delimiter = ',')]
    pub url: Vec<String>,
    /// The operators' key: to set up a concert, and to compare with its sales afterwards.
    #[arg(long, env = "SEATLINE_ADMIN_KEY", hide_env_values = true)]
    pub admin_key: Option<SecretString>,
    /// The concert for sale.
    #[command(flatten)]
    pub stock: Stock,
    /// The size and arrival of the crowd.
    #[command(flatten)]
    pub crowd: CrowdOptions,
    /// The behaviour of people.
    #[command(flatten)]
    pub habits: Habits,
    /// The bounds of the rehearsal.
    #[command(flatten)]
    pub bounds: Bounds,
    /// Write the report to this file too, as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// The concert for sale: the rehearsal's own, or an existing one.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What is for sale")]
pub struct Stock {
    /// Buy seats of this concert, in place of one that is set up for the rehearsal. They are really sold.
    #[arg(long, value_name = "ID", conflicts_with_all = ["seats", "performances", "capacity", "admit_per_minute", "price"])]
    pub concert: Option<String>,
    /// How many seats there are in all.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub seats: u32,
    /// Over how many performances they are spread, a day apart.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub performances: u32,
    /// How many people may be active at the same time.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub capacity: u32,
    /// How many people are admitted a minute at most. Default: as many as there is room for.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub admit_per_minute: Option<u32>,
    /// What a seat costs.
    #[arg(long, default_value = "50000", value_parser = price)]
    pub price: Points,
}

/// The size and arrival of the crowd.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Who comes")]
pub struct CrowdOptions {
    /// How many people come, one seat each.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub people: u32,
    /// How many of them come a second. Default: all at once.
    #[arg(long, value_name = "PEOPLE", value_parser = rate)]
    pub rate: Option<f64>,
    /// What decides who does what; the same seed, the same people. Default: a new one, which is printed.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// The behaviour of people.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What people do")]
pub struct Habits {
    /// How long people look at the seats before they choose, and at the price before they pay: at most twice this, this
    /// on average.
    #[arg(long, default_value = "2s", value_parser = humantime::parse_duration)]
    pub hesitate: Duration,
    /// How many give up: in line, at the seats, or with a seat in hand.
    #[arg(long, default_value = "3%")]
    pub give_up: Chance,
    /// How many hold a seat and never pay for it.
    #[arg(long, default_value = "2%")]
    pub lapse: Chance,
    /// How many join again while they wait, as a page does that is loaded again.
    #[arg(long, default_value = "10%")]
    pub refresh: Chance,
    /// How many charges, holds, payments, refunds and check-ins are sent twice, by the same key.
    #[arg(long, default_value = "5%")]
    pub retry: Chance,
    /// How many buyers give their seat back.
    #[arg(long, default_value = "5%")]
    pub refund: Chance,
    /// How many buyers are checked in at the gate, which takes the operators' key. Who also gives the seat back does both at
    /// once.
    #[arg(long, default_value = "25%")]
    pub check_in: Chance,
    /// Everybody loads the pages too, as browsers would, besides the calls: the programme, the concert, the line with all
    /// that it loads, the seats, the reservation.
    #[arg(long)]
    pub pages: bool,
    /// Far back, take positions from the announced board instead of polling, as a page does behind a cache.
    #[arg(long)]
    pub board: bool,
    /// How many people are ahead of whoever polls all the same.
    #[arg(long, value_name = "PEOPLE", default_value_t = 2_000, requires = "board")]
    pub near: u64,
    /// How many positions by the board are compared with a poll.
    #[arg(long, default_value = "10%", requires = "board")]
    pub compare: Chance,
    /// How many seats somebody tries to hold, where others are faster, before they give up.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub attempts: u32,
}

/// The bounds of the rehearsal.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Bounds")]
pub struct Bounds {
    /// The most connections.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub connections: u32,
    /// How long the rehearsal may take. Who is not done by then is reported as unfinished.
    #[arg(long, default_value = "30m", value_parser = duration)]
    pub patience: Duration,
    /// How long one answer may take, from when the request was sent.
    #[arg(long, default_value = "30s", value_parser = duration)]
    pub timeout: Duration,
    /// How much later than somebody behind them somebody may be told that it is their turn.
    #[arg(long, default_value = "2s", value_parser = humantime::parse_duration)]
    pub tolerance: Duration,
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() { Err("must be longer than nothing".into()) } else { Ok(duration) }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("must be above 0 and at most 1000000".into()),
    }
}

fn price(text: &str) -> Result<Points, String> {
    text.parse::<Points>().ok().filter(|price| price.is_positive()).ok_or_else(|| "must be above 0".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_makes_sense() {
        Options::command().debug_assert();
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bad in [
            &["--seats", "0"][..],
            &["--people", "0"],
            &["--price", "0"],
            &["--price", "free"],
            &["--rate", "0"],
            &["--rate", "NaN"],
            &["--patience", "0s"],
            &["--give-up", "101%"],
            &["--concert", "x", "--seats", "5"],
        ] {
            let line = ["seatline-rush"].iter().chain(bad);
            assert!(Options::try_parse_from(line).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let key = "a-secret-key-that-nobody-must-see";
        let options = Options::try_parse_from(["seatline-rush", "--admin-key", key]).unwrap();
        assert!(!format!("{options:?}").contains(key));
    }
}
