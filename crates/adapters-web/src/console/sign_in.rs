//! Signing in: a key for a session.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use seatline_application::operator_keys::{BearerKey, SessionKey};
use serde::Deserialize;

use super::frame::ConsoleFrame;
use super::staff::Staff;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

/// Where one signs in.
const HOME: &str = "/console";

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct Page {
    frame: ConsoleFrame,
    /// The page to come to.
    next: String,
    wrong: bool,
}

/// Asks for a key where a page is only for those who have one.
pub(super) fn ask(visit: &Visit) -> Answer {
    let looks = visit.request.method().is_safe();
    let next = if looks { visit.request.path() } else { HOME };
    // It is where one signs in; any other page is not for those who are outside.
    let status = if looks && next == HOME { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
    visit.show_wrong(status, &page(visit, next, false))
}

fn page(visit: &Visit, next: &str, wrong: bool) -> Page {
    Page { frame: ConsoleFrame::outside(visit), next: next.to_owned(), wrong }
}

#[derive(Deserialize)]
struct Key {
    key: String,
    #[serde(default)]
    next: String,
}

/// Exchanges a key for a session, whoever is signed in here.
pub(crate) async fn sign_in(visit: Visit) -> Answer {
    let Key { key, next } = visit.fields().await?;
    let next = if is_page(&next) { next } else { HOME.to_owned() };
    let Some(key) = recognised(&visit, key.trim()).await? else {
        visit.site.limits.wrong_key(&visit.request).map_err(Refusal::TooMany)?;
        return visit.show_wrong(StatusCode::FORBIDDEN, &page(&visit, &next, true));
    };
    let session = visit.seatline().operator_sessions.open(key, &visit.site.console.owner).await?;
    Ok(lead(&next, [visit.cookies().with_console(session)]))
}

/// The key that was sent, if it is one. An address that was wrong too often guesses no more: its keys are looked up only
/// where they were good a while ago.
async fn recognised(visit: &Visit, presented: &str) -> Result<Option<SessionKey>, Refusal> {
    if (visit.site.console.is_owners_key)(presented) {
        return Ok(Some(SessionKey::Owner));
    }
    let Some(key) = BearerKey::parse(presented) else { return Ok(None) };
    let authenticate = &visit.seatline().authenticate_operator;
    if !authenticate.remembers(&key) && !visit.site.limits.may_guess(&visit.request) {
        return Ok(None);
    }
    Ok(authenticate.execute(&key).await?.map(|_| SessionKey::Made(key.hash())))
}

/// Ends the session of this browser.
pub(crate) async fn sign_out(visit: Visit, _: Staff) -> Answer {
    let forget: HttpResponse = lead(&Notice::SIGNED_OUT.at(HOME), [visit.cookies().without_console()]);
    Ok(forget)
}

/// Whether it is a page of the console, and nothing that leads elsewhere.
fn is_page(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte));
    plain && (path == HOME || path.starts_with("/console/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site_after_signing_in() {
        assert!(is_page("/console") && is_page("/console/concerts/01a1"));
        for bad in ["/", "//evil.example", "/consoles", "/console/../x", "/console?x", "/console//\\x", ""] {
            assert!(!is_page(bad), "{bad}");
        }
    }
}
