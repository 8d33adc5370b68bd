use anyhow::Result;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;

use super::concert::Concert;
use super::request::request;
use crate::points::Points;
use crate::promises::{SalesFigures, Tally};
use crate::service::{Call, Kind, Service};

/// The operator, who may read the sales.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    key: HeaderValue,
}

#[derive(Debug, Deserialize)]
struct SalesBody {
    performances: Vec<PerformanceBody>,
}

#[derive(Debug, Deserialize)]
struct PerformanceBody {
    held: u64,
    sold: u64,
    revenue: Points,
}

impl Operator {
    pub(super) fn new(key: HeaderValue) -> Self {
        Self { key }
    }

    /// The header by which a service knows the operator.
    pub(crate) fn key(&self) -> HeaderValue {
        self.key.clone()
    }

    /// Reads the sales of a concert, over all its performances.
    pub(crate) async fn sales(&self, service: &Service, concert: &Concert) -> Result<SalesFigures> {
        let path = format!("/admin/concerts/{}/sales", concert.id);
        let call = Call::new(Kind::Other, Method::GET, path).bearer(Some(self.key.clone()));
        let SalesBody { performances } = request(service, &call).await?.read()?;
        let count = performances.iter().map(|performance| performance.sold).sum();
        let points = performances.iter().map(|performance| performance.revenue).sum();
        let held = performances.iter().map(|performance| performance.held).sum();
        Ok(SalesFigures { sold: Tally { count, points }, held })
    }
}
