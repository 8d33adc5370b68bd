use anyhow::{Result, ensure};
use hyper::Method;
use serde::Deserialize;

use super::{Concert, Sale, ask};
use crate::points::Points;
use crate::service::{Call, Kind, Service};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Bookable>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bookable {
    performance_id: String,
    available_seats: u64,
    price_to: Points,
}

/// The concert of this id, with those of its performances that can be booked.
pub(super) async fn find(service: &Service, concert_id: &str) -> Result<Sale> {
    ensure!(
        !concert_id.is_empty() && concert_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "--concert takes the id of a concert, as `GET /api/v1/concerts` tells it"
    );
    let path = format!("/concerts/{concert_id}");
    let get = |path: String| Call::new(Kind::Other, Method::GET, path);
    let Concert { concert_id, title } = ask(service, &get(path.clone())).await?.read()?;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = get(format!("{path}/performances?bookable=true&limit=100{cursor}"));
        let Page { items, next_cursor } = ask(service, &call).await?.read()?;
        found.extend(items);
        let Some(next) = next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    ensure!(!found.is_empty(), "{title} has no performance that can be booked");
    let seats = found.iter().map(|performance| performance.available_seats).sum();
    let price = found.iter().map(|performance| performance.price_to).max().unwrap_or_default();
    let performances = found.into_iter().map(|performance| performance.performance_id).collect();
    Ok(Sale { concert_id, title, own: false, performances, seats, price, operator: None })
}
