//! What is for sale: a concert of the rehearsal's own, or one that is there.

mod existing;
mod own;
mod sales;

use anyhow::{Result, bail};
use hyper::header::HeaderValue;
use secrecy::ExposeSecret;
use serde::Deserialize;

use crate::options::Options;
use crate::points::Points;
use crate::promises::Sold;
use crate::service::{Answer, Call, Service, bearer};

pub(crate) use sales::sales;

/// A concert whose seats are for sale.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) concert_id: String,
    pub(crate) title: String,
    /// Whether it was set up for the rehearsal, so that nobody else buys anything.
    pub(crate) own: bool,
    pub(crate) performances: Vec<String>,
    /// How many seats are free.
    pub(crate) seats: u64,
    /// What the dearest of them costs.
    pub(crate) price: Points,
    /// Who may read the sales, and what they said before.
    pub(crate) operator: Option<(HeaderValue, Sold)>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Concert {
    concert_id: String,
    title: String,
}

impl Sale {
    /// Sets a concert up, or finds the one that was named.
    pub(crate) async fn open(options: &Options, service: &Service) -> Result<Self> {
        let key = options.admin_key.as_ref().map(ExposeSecret::expose_secret);
        let key = key.filter(|key| !key.is_empty()).map(bearer).transpose()?;
        let mut sale = match (&options.stock.concert, &key) {
            (Some(concert_id), _) => existing::find(service, concert_id).await?,
            (None, Some(key)) => own::set_up(service, key, options).await?,
            (None, None) => bail!(
                "setting up a concert takes the operators' key: give --admin-key or SEATLINE_ADMIN_KEY, \
                 or name a concert that is there by --concert"
            ),
        };
        if let Some(key) = key {
            let before = sales(service, &key, &sale.concert_id).await?;
            sale.operator = Some((key, before));
        }
        Ok(sale)
    }
}

/// Asks for something without which there is no rehearsal.
async fn ask(service: &Service, call: &Call) -> Result<Answer> {
    let url = &service.url;
    match service.insist(call).await {
        Err(lost) => bail!("{url} {lost}"),
        Ok(answer) if answer.is_success() => Ok(answer),
        Ok(answer) => match answer.problem().code.as_str() {
            "unauthenticated" | "forbidden" => bail!("{url} does not take this admin key"),
            "concert_not_found" => bail!("there is no such concert at {url}"),
            "" => bail!("{url} answered {} as no Seatline does; is it the right URL?", answer.status),
            _ => bail!("{url}: {}", answer.refusal()),
        },
    }
}
