//! The concert that is for sale: the rehearsal's own, or an existing one.

mod concert;
mod existing;
mod operator;
mod own;
mod request;

use anyhow::{Result, bail};
use secrecy::ExposeSecret;

pub(crate) use concert::Concert;
pub(crate) use operator::Operator;

use crate::options::Options;
use crate::promises::SalesFigures;
use crate::service::{Service, bearer};

/// A concert that is for sale and, where the operators' key was given, its sales before the rehearsal.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) concert: Concert,
    pub(crate) operator: Option<(Operator, SalesFigures)>,
}

impl Sale {
    /// Sets a concert up, or finds the one that was named.
    pub(crate) async fn open(options: &Options, service: &Service) -> Result<Self> {
        let key = options.admin_key.as_ref().map(ExposeSecret::expose_secret);
        let key = key.filter(|key| !key.is_empty()).map(bearer).transpose()?;
        let concert = match (&options.stock.concert, &key) {
            (Some(concert_id), _) => existing::find(service, concert_id).await?,
            (None, Some(key)) => own::set_up(service, key, options).await?,
            (None, None) => bail!(
                "setting up a concert takes the operators' key: give --admin-key or SEATLINE_ADMIN_KEY, \
                 or name a concert that is there by --concert"
            ),
        };
        let Some(key) = key else { return Ok(Self { concert, operator: None }) };
        let operator = Operator::new(key);
        let before = operator.sales(service, &concert).await?;
        Ok(Self { concert, operator: Some((operator, before)) })
    }
}
