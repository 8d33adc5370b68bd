use std::time::{Duration, SystemTime};

use anyhow::{Result, ensure};
use indicatif::HumanCount;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::json;

use super::concert::{Concert, ConcertBody};
use super::request::request;
use crate::options::{Options, Stock};
use crate::service::{Call, Kind, Service};

/// The most seats of a performance.
const SEATS_MAX: u32 = 100_000;
/// The time from one performance to the next, and from now to the first.
const DAY: Duration = Duration::from_hours(24);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerformanceBody {
    performance_id: String,
}

/// Sets up a concert and its performances.
pub(super) async fn set_up(service: &Service, key: &HeaderValue, options: &Options) -> Result<Concert> {
    let (stock, people) = (&options.stock, options.crowd.people);
    let shares = shares(stock)?;
    let count = |number: u32| HumanCount(number.into());
    let title = format!("Rehearsal: {} people, {} seats", count(people), count(stock.seats));
    let mut queue = json!({"capacity": stock.capacity});
    if let (Some(rate), Some(queue)) = (stock.admit_per_minute, queue.as_object_mut()) {
        queue.insert("admitPerMinute".into(), rate.into());
    }
    let concert = json!({"title": title, "venue": "Rehearsal", "maxSeatsPerUser": 1, "queue": queue});
    let call =
        Call::new(Kind::Other, Method::POST, "/admin/concerts").bearer(Some(key.clone())).json(&concert);
    let ConcertBody { concert_id: id, title } = request(service, &call).await?.read()?;
    let (mut performances, mut starts_at) = (Vec::new(), SystemTime::now());
    for seats in shares {
        starts_at += DAY;
        let starts = humantime::format_rfc3339_seconds(starts_at).to_string();
        let mut performance = json!({
            "startsAt": starts,
            "sections": [{"name": "Floor", "firstSeat": 1, "lastSeat": seats, "price": stock.price}],
        });
        // A service that knows no refunds refuses what it does not know.
        if let (true, Some(performance)) = (options.habits.refund.is_possible(), performance.as_object_mut())
        {
            performance.insert("refundableUntil".into(), starts.into());
        }
        let path = format!("/admin/concerts/{id}/performances");
        let call = Call::new(Kind::Other, Method::POST, path).bearer(Some(key.clone())).json(&performance);
        performances.push(request(service, &call).await?.read::<PerformanceBody>()?.performance_id);
    }
    let (seats, price) = (stock.seats.into(), stock.price);
    Ok(Concert { id, title, own: true, performances, seats, price })
}

/// The number of seats of each performance: as evenly as they can be spread.
fn shares(stock: &Stock) -> Result<Vec<u32>> {
    let Stock { seats, performances, .. } = *stock;
    ensure!(performances <= seats, "--performances {performances} cannot share --seats {seats}");
    let more = seats % performances;
    let share = |index| seats / performances + u32::from(index < more);
    ensure!(
        share(0) <= SEATS_MAX,
        "a performance has at most {SEATS_MAX} seats: --seats {seats} take more --performances"
    );
    Ok((0..performances).map(share).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn shares_of(seats: &str, performances: &str) -> Result<Vec<u32>> {
        let line = ["seatline-rush", "--seats", seats, "--performances", performances];
        shares(&Options::try_parse_from(line).unwrap().stock)
    }

    #[test]
    fn seats_are_spread_evenly_and_none_is_lost() {
        assert_eq!(shares_of("50", "1").unwrap(), [50]);
        assert_eq!(shares_of("11", "3").unwrap(), [4, 4, 3]);
        assert_eq!(shares_of("200000", "2").unwrap(), [100_000, 100_000]);
        assert!(shares_of("2", "3").is_err());
        assert!(shares_of("100001", "1").is_err());
    }
}
