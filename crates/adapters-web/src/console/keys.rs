//! The keys that the owner makes for others.

use actix_web::http::StatusCode;
use askama::Template;
use seatline_domain::commands::{CreateOperatorKeyError, DeleteOperatorKeyError};
use seatline_domain::concert::policy::DEFAULT_TIMEZONE;
use seatline_domain::id::OperatorKeyId;
use seatline_domain::operator_key::{OperatorKey, Role};
use seatline_domain::page::{PageLimit, PageRequest};

use super::field::Field;
use super::frame::ConsoleFrame;
use super::parse::text;
use super::staff::{Staff, role_text};
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

const NAME: &str = "name";
const ROLE: &str = "role";
/// Roles by their names in forms.
const ROLES: [(&str, Role); 3] =
    [("operator", Role::Operator), ("support", Role::Support), ("gate", Role::Gate)];

#[derive(Template)]
#[template(path = "console/keys.html")]
struct Page {
    frame: ConsoleFrame,
    keys: Vec<KeyView>,
    /// Keys are told in pages; this leads to the next.
    next: Option<i64>,
    key: String,
    name: Field,
    roles: Vec<(&'static str, String, bool)>,
    made: Option<Made>,
}

struct KeyView {
    id: OperatorKeyId,
    name: String,
    role: String,
    made: String,
}

/// A key that was just made, which is shown once.
struct Made {
    name: String,
    secret: Option<String>,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    page(&visit, staff, &Typed::nothing(), None).await
}

async fn page(visit: &Visit, staff: Staff, typed: &Typed, made: Option<Made>) -> Answer {
    let after = visit.asked_for("after").and_then(|place| place.parse().ok());
    let page = PageRequest { limit: PageLimit::largest(), after };
    let keys = visit.seatline().list_operator_keys.execute(page).await?;
    let words = visit.words;
    let chosen = typed.get(ROLE).unwrap_or("operator");
    let role = |(name, role): (&'static str, Role)| {
        (name, words.text(role_text(Some(role))).into_owned(), name == chosen)
    };
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, "/console/keys".to_owned()),
        next: keys.next,
        keys: keys.items.iter().map(|key| view(words, key)).collect(),
        key: form_key()?,
        name: Field::new(words, typed, NAME, "field-key-name", "").hint(words.text("hint-key-name")),
        roles: ROLES.into_iter().map(role).collect(),
        made,
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

fn view(words: Words, key: &OperatorKey) -> KeyView {
    KeyView {
        id: key.id,
        name: key.name.as_str().to_owned(),
        role: words.text(role_text(Some(key.role))).into_owned(),
        made: words.moment(key.created.at, DEFAULT_TIMEZONE),
    }
}

/// Makes a key, and shows it this once: an answer to the same form again shows it again.
pub(crate) async fn make(visit: Visit, staff: Staff) -> Answer {
    let mut typed = Typed::of(&visit).await?;
    let role = ROLES.into_iter().find(|(name, _)| *name == typed.value(ROLE)).map(|(_, role)| role);
    let role = role.ok_or(Refusal::Malformed)?;
    let Some(name) = typed.take(NAME, text(visit.words, typed.value(NAME))) else {
        return page(&visit, staff, &typed, None).await;
    };
    let (owner, key) = (visit.site.console.owner, Some(typed.idempotency_key()?));
    match visit.seatline().create_operator_key.execute(owner, name, role, key).await {
        Ok(answer) => {
            let made = Made {
                name: answer.value.key.name.as_str().to_owned(),
                secret: answer.value.bearer.map(|bearer| bearer.reveal().to_owned()),
            };
            page(&visit, staff, &Typed::nothing(), Some(made)).await
        }
        Err(CreateOperatorKeyError::KeyReused(_)) => Ok(lead(&Notice::AGAIN.at("/console/keys"), [])),
        Err(CreateOperatorKeyError::Storage(error)) => Err(error.into()),
    }
}

/// Takes a key away: it opens nothing any more.
pub(crate) async fn revoke(visit: Visit, staff: Staff) -> Answer {
    let id = visit.id(OperatorKeyId::new)?;
    match visit.seatline().delete_operator_key.execute(staff.operator(), id).await {
        Ok(()) => Ok(lead(&Notice::KEY_REVOKED.at("/console/keys"), [])),
        Err(DeleteOperatorKeyError::NotFound) => Err(Refusal::NotFound),
        Err(DeleteOperatorKeyError::Storage(error)) => Err(error.into()),
    }
}
