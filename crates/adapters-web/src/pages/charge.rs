//! A charge by the payment provider: the way there, the way back, and what became of it.

use askama::Template;
use seatline_application::charges::{ChargeError, ShownCharge};
use seatline_domain::charge::{Charge, ChargeState, PaymentKey};
use seatline_domain::id::ChargeId;

use crate::frame::Frame;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

#[derive(Template)]
#[template(path = "charge.html")]
struct Page {
    frame: Frame,
    amount: String,
    /// Where it leads by itself after so many seconds.
    next: Option<(u8, String)>,
    /// Where it is paid, while it can be.
    checkout: Option<String>,
    back: String,
}

/// Shows how far a charge is: leads on to the provider at first, and back to where it began in the end.
pub(crate) async fn show(visit: Visit) -> Answer {
    visit.admit(Action::List, None)?;
    let user = visit.user().await?;
    let id = visit.id(ChargeId::new)?;
    let shown = visit.seatline().show_charge.execute(user.id, id).await?;
    let back = visit.cookies().charge_from(&visit.request).unwrap_or_else(|| "/account".to_owned());
    if !shown.charge.is_open() {
        return Ok(lead(&Notice::of_charge(&shown.charge).at(&back), [visit.cookies().without_charge()]));
    }
    let here = format!("/charges/{id}");
    let checkout = format!("{here}/checkout");
    let next = match visit.asked_for("pay") {
        Some(_) => (0, checkout.clone()),
        None => (3, here),
    };
    visit.show(&Page {
        frame: Frame { back: "/account".to_owned(), ..visit.frame() },
        amount: visit.words.points(shown.charge.amount),
        next: Some(next),
        checkout: Some(checkout),
        back,
    })
}

/// Leads to the provider's own page. Whoever has the charge's address may pay it.
pub(crate) async fn checkout(visit: Visit) -> Answer {
    visit.admit(Action::Charge, None)?;
    let id = visit.id(ChargeId::new)?;
    match visit.seatline().open_checkout.execute(id).await? {
        Some(address) => Ok(lead(&address, [])),
        None => Ok(lead(&format!("/charges/{id}"), [])),
    }
}

/// Takes notice of a browser that comes back from the provider. What it says is asked about there.
pub(crate) async fn returned(visit: Visit) -> Answer {
    visit.admit(Action::Charge, None)?;
    let id = visit.id(ChargeId::new)?;
    let payment = visit.asked_for("paymentKey").and_then(|key| PaymentKey::parse(&key));
    let shown = match visit.seatline().confirm_charge.on_return(id, payment.as_ref()).await {
        Ok(ShownCharge { charge, .. }) => Some(charge),
        // It is looked up later, whoever asks.
        Err(ChargeError::ProviderUnavailable(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if visit.user().await.is_ok() {
        return Ok(lead(&format!("/charges/{id}"), []));
    }
    // Somebody who charges through a program of their own has no account in this browser.
    let amount = shown.as_ref().map(|charge| visit.words.points(charge.amount)).unwrap_or_default();
    let notice = shown.as_ref().map_or(Notice::CHARGE_PENDING, Notice::of_charge);
    let frame = Frame { notice: Some(notice), ..visit.frame() };
    visit.show(&Page { frame, amount, next: None, checkout: None, back: "/".to_owned() })
}

impl Notice {
    /// What is said of a charge.
    pub(crate) fn of_charge(charge: &Charge) -> Self {
        match charge.state {
            ChargeState::Paid(_) => Self::CHARGED,
            ChargeState::Refused { .. } => Self::CHARGE_REFUSED,
            ChargeState::Expired { .. } => Self::CHARGE_EXPIRED,
            ChargeState::Created | ChargeState::Pending => Self::CHARGE_PENDING,
        }
    }
}

impl From<ChargeError> for Refusal {
    fn from(error: ChargeError) -> Self {
        match error {
            ChargeError::NotFound => Self::NotFound,
            ChargeError::ProviderUnavailable(_) => Self::Busy,
            ChargeError::Storage(error) => error.into(),
        }
    }
}
