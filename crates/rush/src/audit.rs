//! What is looked at when everybody is done: the balances of those who bought, and the operators' sales.

use futures::{StreamExt, stream};
use hyper::Method;
use serde::Deserialize;

use crate::points::Points;
use crate::promises::{Buyer, Promise, compare};
use crate::rehearsal::Rehearsal;
use crate::sale::sales;
use crate::service::{Call, Kind, Service};

#[derive(Debug, Deserialize)]
struct Wallet {
    balance: Points,
}

/// Looks at everything once more.
pub(crate) async fn audit(rehearsal: &Rehearsal) {
    /// At a time.
    const QUESTIONS: usize = 32;
    // The rehearsal's own may be closed.
    let service = &rehearsal.service.afresh();
    let buyers = rehearsal.promises.books().buyers.clone();
    let look = |buyer| async move { look_at(rehearsal, service, &buyer).await };
    stream::iter(buyers).for_each_concurrent(QUESTIONS, look).await;
    if let Some((key, before)) = &rehearsal.sale.operator {
        match sales(service, key, &rehearsal.sale.concert_id).await {
            Err(error) => rehearsal.failed(format!("the sales cannot be read: {error:#}")),
            Ok(after) => {
                let found = compare(*before, after, &rehearsal.promises.books(), rehearsal.sale.own);
                for broken in found {
                    rehearsal.promises.note(Promise::SalesAgree, broken);
                }
            }
        }
    }
}

async fn look_at(rehearsal: &Rehearsal, service: &Service, buyer: &Buyer) {
    let call = Call::new(Kind::Other, Method::GET, "/points").bearer(Some(buyer.bearer.clone()));
    let answer = service.insist(&call).await;
    let wallet = answer.map_err(anyhow::Error::from).and_then(|answer| answer.read::<Wallet>());
    match wallet {
        Ok(Wallet { balance }) => rehearsal.promises.note(Promise::MoneyExact, buyer.left(balance)),
        Err(error) => rehearsal.failed(format!("person {}'s points cannot be read: {error:#}", buyer.person)),
    }
}
