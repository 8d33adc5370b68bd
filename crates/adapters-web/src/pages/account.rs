//! An account: its balance, charging, every entry, and how it comes to another device.

use askama::Template;
use seatline_application::accounts::{AccessToken, DeviceCodeText, ProfileError};
use seatline_application::charges::{self, BeginChargeError, Charging};
use seatline_application::points::{ChargePointsError, Charged};
use seatline_domain::commands::{ChargeError, CreateChargeError, UseDeviceCodeError};
use seatline_domain::concert::policy::DEFAULT_TIMEZONE;
use seatline_domain::id::ReservationId;
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::page::PageRequest;
use seatline_domain::point::{Amount, LedgerEntry, LedgerEntryKind};
use seatline_domain::user::UserName;
use serde::Deserialize;
use uuid::Uuid;

use super::line::open_account;
use super::programme::limit;
use crate::formats::machine;
use crate::frame::Frame;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{User, Visit, form_key, lead};

/// Entries of one page.
const ENTRIES: u16 = 25;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    name: Option<String>,
    balance: String,
    entries: Vec<Entry>,
    next: Option<u64>,
    key: String,
    charging: ChargingView,
    /// The access token, on request.
    secret: Option<String>,
    /// A code for another device, on request, and until when it is good.
    code: Option<(String, String)>,
}

/// How points are charged, as pages tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChargingView {
    /// For no money.
    Play,
    /// By operators only.
    Closed,
    /// By a payment provider.
    Provider,
}

impl ChargingView {
    pub(super) fn of(visit: &Visit) -> Self {
        match visit.seatline().charging {
            Charging::Play => Self::Play,
            Charging::Operator => Self::Closed,
            Charging::Provider(_) => Self::Provider,
        }
    }
}

struct Entry {
    what: String,
    amount: String,
    gain: bool,
    balance: String,
    moment: String,
    machine: String,
}

#[derive(Template)]
#[template(path = "account_none.html")]
struct NobodysPage {
    frame: Frame,
    key: String,
}

/// What is shown once, because somebody asked for it.
#[derive(PartialEq, Eq)]
enum Asked {
    Nothing,
    Key,
    Code,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    show_page(&visit, Asked::Nothing).await
}

/// Shows the page with the access token, which is asked for by a form lest it is in an address.
pub(crate) async fn show_key(visit: Visit) -> Answer {
    show_page(&visit, Asked::Key).await
}

/// Makes a code for another device, in place of the last one, and shows it.
pub(crate) async fn show_code(visit: Visit) -> Answer {
    show_page(&visit, Asked::Code).await
}

async fn show_page(visit: &Visit, asked: Asked) -> Answer {
    visit.admit(Action::List, None)?;
    let user = match visit.user().await {
        Err(Refusal::NoAccount) => {
            return visit.show(&NobodysPage { frame: visit.frame(), key: form_key()? });
        }
        user => user?,
    };
    visit.admit(Action::List, Some(&user))?;
    let profile = visit.seatline().show_profile.execute(user.id).await.map_err(|error| match error {
        ProfileError::NotFound => Refusal::NoAccount,
        ProfileError::Storage(error) => error.into(),
    })?;
    let after = visit.asked_for("after").and_then(|sequence| sequence.parse().ok());
    let page = PageRequest { limit: limit(ENTRIES), after };
    let entries = visit.seatline().list_entries.execute(user.id, page).await?;
    let code = if asked == Asked::Code {
        let (code, until) = visit.seatline().make_device_code.execute(user.id, &user.token).await?;
        let time = visit.words.time(until, DEFAULT_TIMEZONE);
        Some((code.reveal(), visit.words.with("code-until", [("time", time.into())])))
    } else {
        None
    };
    let page = Page {
        frame: Frame { back: "/account".to_owned(), ..visit.frame() },
        code,
        name: profile.user.name.map(|name| name.as_str().to_owned()),
        balance: visit.words.points(profile.balance),
        next: entries.next,
        entries: entries.items.iter().map(|one| entry(visit, one)).collect(),
        key: form_key()?,
        charging: ChargingView::of(visit),
        secret: (asked == Asked::Key).then(|| user.token.reveal().to_owned()),
    };
    visit.show(&page)
}

fn entry(visit: &Visit, entry: &LedgerEntry) -> Entry {
    let words = visit.words;
    let what = match entry.kind {
        LedgerEntryKind::Charge => "entry-charge",
        LedgerEntryKind::Payment => "entry-payment",
        LedgerEntryKind::Refund => "entry-refund",
        LedgerEntryKind::Credit => "entry-credit",
        LedgerEntryKind::Debit => "entry-debit",
    };
    let amount = entry.signed_amount();
    Entry {
        what: words.text(what).into_owned(),
        amount: words.signed_points(amount),
        gain: amount.is_sign_positive(),
        balance: words.points(entry.balance_after),
        moment: words.moment(entry.created_at, DEFAULT_TIMEZONE),
        machine: machine(entry.created_at),
    }
}

#[derive(Deserialize)]
struct Newcomer {
    #[serde(default)]
    name: String,
    key: String,
}

/// Opens an account before there is any line, to charge points in time.
pub(crate) async fn open(visit: Visit) -> Answer {
    let Newcomer { name, key } = visit.fields().await?;
    if visit.user().await.is_ok() {
        return Ok(lead("/account", []));
    }
    let name = match name.trim() {
        "" => None,
        name => match UserName::parse(name) {
            Ok(name) => Some(name),
            Err(_) => return Ok(lead(&Notice::BAD_NAME.at("/account"), [])),
        },
    };
    let user = open_account(&visit, name, Some(key)).await?;
    Ok(lead(&Notice::WELCOME.at("/account"), [visit.cookies().with_account(&user.token)]))
}

#[derive(Deserialize)]
struct Charge {
    amount: String,
    key: String,
    /// The reservation to come back to.
    back: Option<String>,
}

pub(crate) async fn charge(visit: Visit) -> Answer {
    let Charge { amount, key, back } = visit.fields().await?;
    visit.admit(Action::Charge, None)?;
    let user = visit.user().await?;
    visit.admit(Action::Charge, Some(&user))?;
    let back = back.and_then(|id| Uuid::try_parse(&id).ok()).map(ReservationId::new);
    let back = back.map_or_else(|| "/account".to_owned(), |id| format!("/reservations/{id}"));
    let plain: String = amount.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let outcome = match Amount::parse(&plain) {
        Ok(amount) => charge_once(&visit, &user, amount, &key).await?,
        Err(_) => ChargeOutcome::Said(Notice::BAD_AMOUNT),
    };
    Ok(match outcome {
        ChargeOutcome::Said(notice) => lead(&notice.at(&back), []),
        ChargeOutcome::GoesOn(address) => lead(&address, [visit.cookies().with_charge_from(&back)]),
    })
}

/// What comes of charging points.
enum ChargeOutcome {
    /// It is done, or was refused.
    Said(Notice),
    /// It goes on at a page that leads to the payment provider's.
    GoesOn(String),
}

async fn charge_once(
    visit: &Visit,
    user: &User,
    amount: Amount,
    key: &str,
) -> Result<ChargeOutcome, Refusal> {
    // The same form with another amount is another request.
    let key = IdempotencyKey::parse(&format!("{key} {amount}")).map_err(|_| Refusal::Malformed)?;
    Ok(ChargeOutcome::Said(match visit.seatline().charge_points.execute(user.id, amount, key).await {
        Ok(Charged::Credited(_)) => Notice::CHARGED,
        Ok(Charged::Begun(answer)) if answer.value.is_open() => {
            // A form may not lead to another site, so a page of ours does.
            return Ok(ChargeOutcome::GoesOn(format!("/charges/{}?pay", answer.value.id)));
        }
        Ok(Charged::Begun(answer)) => Notice::of_charge(&answer.value),
        Err(ChargePointsError::Closed) => Notice::CHARGING_CLOSED,
        Err(
            ChargePointsError::Play(error)
            | ChargePointsError::Begin(BeginChargeError::Create(CreateChargeError::Charge(error))),
        ) => match error {
            ChargeError::NotPositive | ChargeError::TooMuch => Notice::BAD_AMOUNT,
            ChargeError::WalletFull(_) => Notice::WALLET_FULL,
            ChargeError::KeyReused(_) => Notice::AGAIN,
            ChargeError::Storage(error) => return Err(error.into()),
        },
        Err(ChargePointsError::Begin(error)) => match error {
            BeginChargeError::Asking(charges::ChargeError::Storage(error)) => return Err(error.into()),
            BeginChargeError::Asking(_) => Notice::PROVIDER_UNAVAILABLE,
            BeginChargeError::Create(_) | BeginChargeError::Refused => Notice::BAD_AMOUNT,
        },
    }))
}

#[derive(Deserialize)]
struct Device {
    code: String,
    key: String,
}

/// Takes an account that was opened in another browser, by the code that is shown there, or by its key.
pub(crate) async fn sign_in(visit: Visit) -> Answer {
    let Device { code, key } = visit.fields().await?;
    visit.admit(Action::SignIn, None)?;
    let token = match AccessToken::parse(code.trim()) {
        Some(token) => known(&visit, token).await?,
        None => of_code(&visit, &code, &key).await?,
    };
    Ok(match token {
        Some(token) => lead(&Notice::WELCOME.at("/account"), [visit.cookies().with_account(&token)]),
        None => lead(&Notice::BAD_TOKEN.at("/account"), []),
    })
}

/// A token that is somebody's.
async fn known(visit: &Visit, token: AccessToken) -> Result<Option<AccessToken>, Refusal> {
    match visit.seatline().authenticate_user.execute(&token).await.map_err(Refusal::from) {
        Ok(_) => Ok(Some(token)),
        Err(Refusal::NoAccount) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn of_code(visit: &Visit, typed: &str, key: &str) -> Result<Option<AccessToken>, Refusal> {
    let form = IdempotencyKey::parse(key).map_err(|_| Refusal::Malformed)?;
    let Some(code) = DeviceCodeText::parse(typed) else { return Ok(None) };
    match visit.seatline().use_device_code.execute(&code, &form).await {
        Ok(token) => Ok(Some(token)),
        Err(UseDeviceCodeError::Unknown) => Ok(None),
        Err(UseDeviceCodeError::Storage(error)) => Err(error.into()),
    }
}

pub(crate) async fn sign_out(visit: Visit) -> Answer {
    Ok(lead(&Notice::SIGNED_OUT.at("/account"), [visit.cookies().without_account()]))
}
