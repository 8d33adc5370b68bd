//! Checks after the rehearsal: the balances of those who bought, and the operators' sales.

use futures::{StreamExt, stream};
use reqwest::Method;
use serde::Deserialize;

use crate::points::Points;
use crate::promises::{Buyer, Promise, compare_sales};
use crate::rehearsal::Rehearsal;
use crate::service::{Call, Kind, Service};

#[derive(Debug, Deserialize)]
struct WalletBody {
    balance: Points,
}

/// Compares what the service says in the end with what people were told.
pub(crate) async fn audit(rehearsal: &Rehearsal) {
    const CONCURRENT_CALLS_MAX: usize = 32;
    // The rehearsal's own may be closed.
    let service = &rehearsal.service.reopened();
    let Rehearsal { sale, promises, .. } = rehearsal;
    let buyers: Vec<_> = promises.bookkeeping().buyers.values().cloned().collect();
    let check = |buyer| async move { check_balance(rehearsal, service, &buyer).await };
    stream::iter(buyers).for_each_concurrent(CONCURRENT_CALLS_MAX, check).await;
    if let Some((operator, before)) = &sale.operator {
        match operator.sales(service, &sale.concert).await {
            Err(error) => rehearsal.note_failure(format!("the sales cannot be read: {error:#}")),
            Ok(after) => {
                let found = compare_sales(*before, after, &promises.bookkeeping(), sale.concert.own);
                for broken in found {
                    promises.note(Promise::SalesAgree, broken);
                }
            }
        }
    }
}

async fn check_balance(rehearsal: &Rehearsal, service: &Service, buyer: &Buyer) {
    let call = Call::new(Kind::Other, Method::GET, "/points").bearer(Some(buyer.bearer.clone()));
    let answer = service.send_with_retries(&call).await;
    let wallet = answer.map_err(anyhow::Error::from).and_then(|answer| answer.read::<WalletBody>());
    match wallet {
        Ok(WalletBody { balance }) => {
            rehearsal.promises.note(Promise::MoneyExact, buyer.check_balance(balance));
        }
        Err(error) => {
            rehearsal.note_failure(format!("person {}'s points cannot be read: {error:#}", buyer.person));
        }
    }
}
