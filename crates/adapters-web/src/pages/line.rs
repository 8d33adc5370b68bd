//! The waiting room. Its page has the same bytes for everybody; what is one's own comes by poll, or on a page of one's own.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use askama::Template;
use seatline_application::accounts::NewcomerRequest;
use seatline_application::queue::{PollError, QueuePosition, TokenStatus};
use seatline_domain::commands::{JoinError, LeaveError, RegisterError};
use seatline_domain::id::ConcertId;
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::page::PageRequest;
use seatline_domain::queue::{PassEnd, QueueClaims, RoomStatus};
use serde::{Deserialize, Serialize};

use super::programme::limit;
use crate::coding::{Coding, accepted, gzip};
use crate::frame::Frame;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{User, Visit, json, lead};

#[derive(Template)]
#[template(path = "line.html")]
struct Page {
    frame: Frame,
    id: ConcertId,
    title: String,
    venue: String,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    let id = visit.id(ConcertId::new)?;
    let (plain, coded) = if let Some(page) = visit.site.lines.get(id, visit.words.0) {
        page
    } else {
        let concert = visit.seatline().show_concert.execute(id).await?;
        let frame = Frame { notice: None, ..visit.frame() };
        let (title, venue) = (concert.title.as_str().to_owned(), concert.venue.as_str().to_owned());
        let page = Page { frame, id, title, venue }.render()?;
        let page = (Bytes::from(page.clone()), gzip(page.as_bytes()));
        visit.site.lines.keep(id, visit.words.0, page.clone());
        page
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=30")));
    // A language that the address names is everybody's.
    let vary = if visit.asked_for("lang").is_some() {
        "Accept-Encoding"
    } else {
        "Accept-Encoding, Accept-Language, Cookie"
    };
    response.insert_header((header::VARY, HeaderValue::from_static(vary)));
    let mut response = visit.html(response, String::new());
    let body = match coded {
        Some(coded) if accepted(visit.request.headers()) != Coding::Identity => {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            coded
        }
        _ => plain,
    };
    Ok(response.set_body(actix_web::body::BoxBody::new(body)))
}

#[derive(Deserialize)]
struct Join {
    key: Option<String>,
}

/// Gets in line; whoever has no account is given one.
pub(crate) async fn join(visit: Visit) -> Answer {
    let id = visit.id(ConcertId::new)?;
    let Join { key } = visit.fields().await?;
    visit.admit(Action::Join, None)?;
    let (user, account) = match visit.user().await {
        Ok(user) => {
            visit.admit(Action::Join, Some(&user))?;
            (user, None)
        }
        Err(Refusal::NoAccount) => {
            let user = open_account(&visit, None, key).await?;
            let cookie = visit.cookies().with_account(&user.token);
            (user, Some(cookie))
        }
        Err(refusal) => return Err(refusal),
    };
    let concert = format!("/concerts/{id}");
    let joined = visit.seatline().join_queue.execute(user.id, id, user.holder(), None).await;
    let (path, line) = match joined {
        Ok(joined) => (
            format!("{concert}/line?lang={}", visit.words.0.tag()),
            Some(visit.cookies().with_line(id, joined.value.token)),
        ),
        Err(JoinError::ConcertNotFound) => return Err(Refusal::NotFound),
        Err(JoinError::SoldOut) => (Notice::SOLD_OUT.at(&concert), None),
        Err(JoinError::Storage(error)) => return Err(error.into()),
        // No key is sent.
        Err(JoinError::Over { .. } | JoinError::KeyReused(_)) => return Err(Refusal::Malformed),
    };
    Ok(lead(&path, account.into_iter().chain(line)))
}

/// Opens an account, once for a form however often it is sent.
pub(super) async fn open_account(
    visit: &Visit,
    name: Option<seatline_domain::user::UserName>,
    key: Option<String>,
) -> Result<User, Refusal> {
    visit.admit(Action::OpenAccount, None)?;
    let key = key.and_then(|key| IdempotencyKey::parse(&key).ok()).filter(IdempotencyKey::may_be_secret);
    let request = key.map(|key| NewcomerRequest { key, network: visit.site.limits.network(&visit.request) });
    let registered =
        visit.seatline().register_user.execute(name, request).await.map_err(|error| match error {
            RegisterError::KeyReused(_) => Refusal::Malformed,
            RegisterError::Storage(error) => error.into(),
        })?;
    let token = registered.value.access_token.ok_or(Refusal::Malformed)?;
    Ok(User { id: registered.value.user.id, token })
}

/// Where somebody stands in the line of a concert, if they do.
pub(super) async fn standing(visit: &Visit, concert: ConcertId) -> Result<Option<TokenStatus>, Refusal> {
    let Some(token) = visit.place_in_line(concert) else { return Ok(None) };
    match visit.seatline().poll_queue.execute(token).await {
        Ok(status) => Ok(Some(status)),
        Err(PollError::Unknown) => Ok(None),
        Err(PollError::Storage(error)) => Err(error.into()),
    }
}

/// The turn of somebody in the line of a concert: from what their browser keeps, or from the line, in which whoever is
/// there already stays where they are.
pub(super) async fn claims(visit: &Visit, user: &User, concert: ConcertId) -> Result<QueueClaims, Refusal> {
    if let Some(token) = visit.place_in_line(concert) {
        return Ok(token.claims);
    }
    match visit.seatline().join_queue.execute(user.id, concert, user.holder(), None).await {
        Ok(joined) => Ok(joined.value.claims),
        Err(JoinError::ConcertNotFound) => Err(Refusal::NotFound),
        Err(JoinError::SoldOut) => Err(Refusal::Lead(Notice::SOLD_OUT.at(&format!("/concerts/{concert}")))),
        Err(JoinError::Storage(error)) => Err(error.into()),
        Err(JoinError::Over { .. } | JoinError::KeyReused(_)) => Err(Refusal::Malformed),
    }
}

pub(crate) async fn leave(visit: Visit) -> Answer {
    let id = visit.id(ConcertId::new)?;
    if let Some(token) = visit.place_in_line(id) {
        match visit.seatline().leave_queue.execute(&token.claims).await {
            Ok(()) | Err(LeaveError::Pass(_)) => {}
            Err(LeaveError::Storage(error)) => return Err(error.into()),
        }
    }
    let path = Notice::LEFT.at(&format!("/concerts/{id}"));
    Ok(lead(&path, [visit.cookies().without_line(id)]))
}

/// What is told of a place in line, in words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    /// `waiting`, `turn`, `ended`, or `away` for those who are not in line.
    #[serde(rename = "state")]
    kind: &'static str,
    /// One sentence with all of it, to be read out.
    say: String,
    number: Option<String>,
    /// For the progress since joining.
    ahead_count: Option<u64>,
    ahead: Option<String>,
    wait: Option<String>,
    left: Option<String>,
    poll_after_ms: i64,
    /// Where to go now.
    onward: Option<String>,
}

impl State {
    /// Told to those who are not in line, or no more.
    fn over(visit: &Visit, id: ConcertId, state: &'static str, text: &str) -> Self {
        Self {
            kind: state,
            say: visit.words.text(text).into_owned(),
            number: None,
            ahead_count: None,
            ahead: None,
            wait: None,
            left: None,
            poll_after_ms: 0,
            onward: Some(format!("/concerts/{id}")),
        }
    }
}

pub(crate) async fn state(visit: Visit) -> Answer {
    let id = visit.id(ConcertId::new)?;
    let state = state_of(&visit, id).await?;
    json(&state)
}

async fn state_of(visit: &Visit, id: ConcertId) -> Result<State, Refusal> {
    let words = visit.words;
    let Some(status) = standing(visit, id).await? else {
        return Ok(State::over(visit, id, "away", "not-in-line"));
    };
    let number = status.claims.number.get();
    let left = words.with("seats-left", [("count", status.outlook.available_seats.into())]);
    match status.position {
        QueuePosition::Waiting { ahead, eta_seconds, poll_after } => {
            let wait = if status.outlook.room_status == RoomStatus::Paused {
                words.text("wait-paused").into_owned()
            } else {
                let known = eta_seconds.and_then(|seconds| i64::try_from(seconds).ok());
                let known = known.and_then(chrono::TimeDelta::try_seconds);
                known.map_or_else(|| words.text("wait-unknown").into_owned(), |wait| words.about(wait))
            };
            let people = words.with("people-ahead", [("count", ahead.into())]);
            let arguments =
                [("people", people.into()), ("number", number.into()), ("wait", wait.clone().into())];
            Ok(State {
                kind: "waiting",
                say: words.with("line-said", arguments),
                number: Some(words.with("number", [("count", number.into())])),
                ahead_count: Some(ahead),
                ahead: Some(words.with("number", [("count", ahead.into())])),
                wait: Some(wait),
                left: Some(left),
                poll_after_ms: poll_after.num_milliseconds(),
                onward: None,
            })
        }
        QueuePosition::Active { until, .. } => {
            let concert = visit.seatline().show_concert.execute(id).await?;
            let time = words.time(until, concert.timezone);
            Ok(State {
                kind: "turn",
                say: words.with("your-turn", [("time", time.into())]),
                number: Some(words.with("number", [("count", number.into())])),
                ahead_count: Some(0),
                ahead: Some(words.with("number", [("count", 0.into())])),
                wait: None,
                left: Some(left),
                poll_after_ms: 0,
                onward: Some(onward(visit, id).await?),
            })
        }
        QueuePosition::Ended { end, .. } => {
            let text = match end {
                PassEnd::Completed => "ended-completed",
                PassEnd::Expired => "ended-expired",
                PassEnd::Left => "ended-left",
                PassEnd::LineEnded => "ended-sold-out",
            };
            Ok(State::over(visit, id, "ended", text))
        }
    }
}

/// Where somebody goes whose turn it is: to the seats, where only one performance can be booked.
async fn onward(visit: &Visit, id: ConcertId) -> Result<String, Refusal> {
    let page = PageRequest { limit: limit(2), after: None };
    let bookable = visit.seatline().list_performances.execute(id, None, Some(true), page).await?.items;
    Ok(match bookable.as_slice() {
        [only] => format!("/performances/{}", only.performance.id),
        _ => format!("/concerts/{id}"),
    })
}

#[derive(Template)]
#[template(path = "line_mine.html")]
struct MyPage {
    frame: Frame,
    id: ConcertId,
    title: String,
    venue: String,
    state: State,
    /// After how many seconds it is loaded again, and from where.
    refresh: Option<(i64, String)>,
}

/// The waiting room for those whose browsers run no scripts: a page of one's own that loads itself again.
pub(crate) async fn show_mine(visit: Visit) -> Answer {
    let id = visit.id(ConcertId::new)?;
    let concert = visit.seatline().show_concert.execute(id).await?;
    let state = state_of(&visit, id).await?;
    let refresh = match state.kind {
        "waiting" => Some(((state.poll_after_ms / 1_000).max(5), format!("/concerts/{id}/line/mine"))),
        "turn" => state.onward.clone().map(|onward| (3, onward)),
        _ => None,
    };
    let (title, venue) = (concert.title.as_str().to_owned(), concert.venue.as_str().to_owned());
    visit.show(&MyPage { frame: visit.frame(), id, title, venue, state, refresh })
}
