//! Lets those in who are signed in and whose key opens the page, and keeps their sessions.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use cookie::Cookie;

use super::sign_in;
use super::staff::{Duty, Staff};
use crate::refusal::{Answer, Refusal};
use crate::serve::AsyncHandler;
use crate::visit::Visit;

/// A page for those whose key opens it. Looking at it is a use of their session.
pub(crate) fn with<F, R>(duty: Duty, handler: F) -> impl AsyncHandler
where
    F: Fn(Visit, Staff) -> R + Clone + 'static,
    R: Future<Output = Answer>,
{
    guarded(duty, false, handler)
}

/// What a page of theirs asks for by itself, again and again. That is no use of a session.
pub(crate) fn in_passing<F, R>(duty: Duty, handler: F) -> impl AsyncHandler
where
    F: Fn(Visit, Staff) -> R + Clone + 'static,
    R: Future<Output = Answer>,
{
    guarded(duty, true, handler)
}

fn guarded<F, R>(duty: Duty, in_passing: bool, handler: F) -> impl AsyncHandler
where
    F: Fn(Visit, Staff) -> R + Clone + 'static,
    R: Future<Output = Answer>,
{
    move |visit: Visit| {
        let handler = handler.clone();
        async move {
            let Some((staff, renewed)) = staff(&visit, in_passing).await? else {
                return sign_in::ask(&visit);
            };
            if !staff.may(duty) {
                return Err(Refusal::Forbidden);
            }
            let mut answer = handler(visit, staff).await?;
            if let Some(cookie) = renewed {
                keep(&mut answer, &cookie);
            }
            Ok(answer)
        }
    }
}

/// Whoever is signed in, with their session where it is to be kept anew.
async fn staff(visit: &Visit, in_passing: bool) -> Result<Option<(Staff, Option<Cookie<'static>>)>, Refusal> {
    let Some(session) = visit.cookies().console_session(&visit.request) else { return Ok(None) };
    let owner = &visit.site.console.owner;
    let opened = visit.seatline().operator_sessions.resume(&session, owner, in_passing).await?;
    Ok(opened.map(|opened| {
        (Staff(opened.holder), opened.renewed.map(|session| visit.cookies().with_console(session)))
    }))
}

/// Keeps a session, unless the answer has ended it.
fn keep(answer: &mut HttpResponse, cookie: &Cookie<'static>) {
    if answer.headers().contains_key(header::SET_COOKIE) {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}
