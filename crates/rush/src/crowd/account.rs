use rand::RngExt;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::points::Points;
use crate::promises::Promise;
use crate::service::{Kind, bearer};

/// The most that is charged at once.
const CHARGE_MAX: Points = Points::whole(10_000_000);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserBody<'a> {
    access_token: &'a str,
}

#[derive(Debug, Deserialize)]
struct ChargeBody {
    balance: Points,
}

/// Gets an account: with the operators' key where there is one, since a crowd from one address goes beyond its limit.
pub(super) async fn register(visitor: &mut Visitor) -> Result<(), Outcome> {
    let body = json!({"name": format!("Visitor {}", visitor.person)});
    let key = visitor.rehearsal.sale.operator.as_ref().map(|(operator, _)| operator.key());
    let call = visitor.call(Kind::Register, Method::POST, "/users").bearer(key).json(&body);
    let answer = visitor.send(&call).await?;
    let UserBody { access_token } = visitor.read(&answer)?;
    visitor.bearer = Some(bearer(access_token).map_err(|error| visitor.fail(&error.to_string()))?);
    Ok(())
}

/// Charges the price of the most expensive seat, and some more, so that something must be left.
pub(super) async fn charge(visitor: &mut Visitor) -> Result<(), Outcome> {
    let surplus = Points::hundredths(visitor.random.random_range(1..10_000));
    let mut missing = visitor.rehearsal.sale.concert.price + surplus;
    let mut duplicate = visitor.behaviour.duplicates.charge;
    while missing.is_positive() {
        let amount = missing.min(CHARGE_MAX);
        let key = visitor.new_idempotency_key()?;
        let call = visitor.call(Kind::Charge, Method::POST, "/points/charges").idempotency_key(key);
        let answer = visitor.send_maybe_twice(&call.json(&json!({"amount": amount})), duplicate).await?;
        let ChargeBody { balance } = visitor.read(&answer)?;
        visitor.charged += amount;
        let (person, charged) = (visitor.person, visitor.charged);
        let violation = || format!("person {person} charged {charged} and has {balance}");
        visitor.rehearsal.promises.note(Promise::MoneyExact, (balance != charged).then(violation));
        (missing, duplicate) = (missing - amount, false);
    }
    Ok(())
}
