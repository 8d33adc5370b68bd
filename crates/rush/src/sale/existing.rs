use anyhow::{Result, ensure};
use reqwest::Method;
use serde::Deserialize;

use super::concert::{Concert, ConcertBody};
use super::request::request;
use crate::points::Points;
use crate::service::{Call, Kind, Service};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageBody {
    items: Vec<PerformanceBody>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerformanceBody {
    performance_id: String,
    available_seats: u64,
    price_to: Points,
}

/// Finds a concert, with those of its performances that can be booked.
pub(super) async fn find(service: &Service, concert_id: &str) -> Result<Concert> {
    ensure!(
        !concert_id.is_empty() && concert_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "--concert takes the id of a concert, as `GET /api/v1/concerts` tells it"
    );
    let path = format!("/concerts/{concert_id}");
    let get = |path: String| Call::new(Kind::Other, Method::GET, path);
    let ConcertBody { concert_id: id, title } = request(service, &get(path.clone())).await?.read()?;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = get(format!("{path}/performances?bookable=true&limit=100{cursor}"));
        let PageBody { items, next_cursor } = request(service, &call).await?.read()?;
        found.extend(items);
        let Some(next) = next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    ensure!(!found.is_empty(), "{title} has no performance that can be booked");
    let seats = found.iter().map(|performance| performance.available_seats).sum();
    let price = found.iter().map(|performance| performance.price_to).max().unwrap_or_default();
    let performances = found.into_iter().map(|performance| performance.performance_id).collect();
    Ok(Concert { id, title, own: false, performances, seats, price })
}
