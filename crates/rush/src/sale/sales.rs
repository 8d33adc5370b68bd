use anyhow::Result;
use hyper::Method;
use hyper::header::HeaderValue;
use serde::Deserialize;

use super::ask;
use crate::points::Points;
use crate::promises::{Sold, Tally};
use crate::service::{Call, Kind, Service};

#[derive(Debug, Deserialize)]
struct Sales {
    performances: Vec<Performance>,
}

#[derive(Debug, Deserialize)]
struct Performance {
    held: u64,
    sold: u64,
    revenue: Points,
}

/// The sales of a concert, over all its performances.
pub(crate) async fn sales(service: &Service, key: &HeaderValue, concert_id: &str) -> Result<Sold> {
    let path = format!("/admin/concerts/{concert_id}/sales");
    let call = Call::new(Kind::Other, Method::GET, path).bearer(Some(key.clone()));
    let Sales { performances } = ask(service, &call).await?.read()?;
    let count = performances.iter().map(|performance| performance.sold).sum();
    let points = performances.iter().map(|performance| performance.revenue).sum();
    let held = performances.iter().map(|performance| performance.held).sum();
    Ok(Sold { sold: Tally { count, points }, held })
}
