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
#[serde(rename_all = "camelCase")]
struct SalesBody {
    performances: Vec<PerformanceBody>,
    #[serde(default)]
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerformanceBody {
    held: u64,
    sold: u64,
    revenue: Points,
    #[serde(default)]
    refunded: Points,
    #[serde(default)]
    checked_in: u64,
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
        let (mut found, mut page) = (Vec::new(), "?limit=100".to_owned());
        loop {
            let call = Call::new(Kind::Other, Method::GET, format!("{path}{page}"));
            let call = call.bearer(Some(self.key.clone()));
            let SalesBody { performances, next_cursor } = request(service, &call).await?.read()?;
            found.extend(performances);
            let Some(next) = next_cursor else { break };
            page = format!("?limit=100&cursor={next}");
        }
        let count = found.iter().map(|performance| performance.sold).sum();
        let points = found.iter().map(|performance| performance.revenue).sum();
        let held = found.iter().map(|performance| performance.held).sum();
        let refunded = found.iter().map(|performance| performance.refunded).sum();
        let checked_in = found.iter().map(|performance| performance.checked_in).sum();
        Ok(SalesFigures { sold: Tally { count, points }, held, refunded, checked_in })
    }
}
