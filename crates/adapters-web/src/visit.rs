use std::cell::RefCell;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cookie::Cookie;
use seatline_application::Seatline;
use seatline_application::accounts::AccessToken;
use seatline_application::queue::{Holder, QueueToken};
use seatline_domain::id::{ConcertId, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::fields;
use crate::frame::Frame;
use crate::language::Language;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::session::Cookies;
use crate::site::Site;
use crate::words::Words;

/// What a page may load and do: nothing from elsewhere, no script or style within it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// The same for the gate's page: one policy of Trusted Types names the script that keeps it.
pub(crate) const GATE_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types gate";

/// One request of a browser.
pub(crate) struct Visit {
    pub(crate) site: Arc<Site>,
    pub(crate) request: HttpRequest,
    payload: RefCell<Option<Payload>>,
    pub(crate) words: Words,
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) token: AccessToken,
}

impl User {
    pub(crate) fn holder(&self) -> Holder {
        Holder::of(&self.token.hash())
    }
}

impl Visit {
    pub(crate) fn new(site: Arc<Site>, request: HttpRequest, payload: Option<Payload>) -> Self {
        let chosen = asked_for(&request, "lang").or_else(|| Cookies::language(&request));
        let language = chosen.and_then(|tag| Language::of_tag(&tag)).unwrap_or_else(|| {
            let header = request.headers().get(header::ACCEPT_LANGUAGE);
            let header = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
            Language::preferred(header).unwrap_or(Language::English)
        });
        Self { site, request, payload: RefCell::new(payload), words: Words(language) }
    }

    pub(crate) fn seatline(&self) -> &Seatline {
        &self.site.seatline
    }

    pub(crate) fn cookies(&self) -> Cookies {
        self.site.cookies
    }

    /// The id in the path.
    pub(crate) fn id<T>(&self, new: impl FnOnce(Uuid) -> T) -> Result<T, Refusal> {
        let text = self.request.match_info().get("id").unwrap_or_default();
        Uuid::try_parse(text).map(new).map_err(|_| Refusal::NotFound)
    }

    /// A parameter of the query.
    pub(crate) fn asked_for(&self, name: &str) -> Option<String> {
        asked_for(&self.request, name)
    }

    /// The form that was sent.
    pub(crate) async fn fields<T: DeserializeOwned + 'static>(&self) -> Result<T, Refusal> {
        self.fields_within(fields::BYTES_MAX).await
    }

    /// The form that was sent, of at most so many bytes.
    pub(crate) async fn fields_within<T>(&self, bytes_max: usize) -> Result<T, Refusal>
    where
        T: DeserializeOwned + 'static,
    {
        let mut payload = self.payload.borrow_mut().take().unwrap_or(Payload::None);
        fields::read(&self.request, &mut payload, bytes_max).await
    }

    /// The access token that the browser keeps, known or not.
    pub(crate) fn access_token(&self) -> Option<AccessToken> {
        self.cookies().access_token(&self.request)
    }

    /// The user of this browser.
    pub(crate) async fn user(&self) -> Result<User, Refusal> {
        let token = self.access_token().ok_or(Refusal::NoAccount)?;
        let id = self.seatline().authenticate_user.execute(&token).await?;
        Ok(User { id, token })
    }

    /// The place in line that the browser keeps for a concert. Nothing is looked up.
    pub(crate) fn place_in_line(&self, concert: ConcertId) -> Option<QueueToken> {
        let holder = Holder::of(&self.access_token()?.hash());
        let token =
            self.seatline().queue_tokens.verify(&self.cookies().queue_token(&self.request, concert)?)?;
        (token.holder == holder && token.claims.concert_id == concert).then_some(token)
    }

    /// Counts the request.
    pub(crate) fn admit(&self, action: Action, user: Option<&User>) -> Result<(), Refusal> {
        let user = user.map(|user| user.id);
        self.site.limits.admit(action, &self.request, user).map_err(Refusal::TooMany)
    }

    /// What is around a page.
    pub(crate) fn frame(&self) -> Frame {
        let notice = self.asked_for("notice").and_then(|slug| Notice::of(&slug));
        Frame { words: self.words, back: self.request.path().to_owned(), notice }
    }

    /// Shows a page.
    pub(crate) fn show(&self, page: &impl Template) -> Answer {
        Ok(self.html(HttpResponse::Ok(), page.render()?))
    }

    /// Shows a page that says what is wrong with what was sent.
    pub(crate) fn show_wrong(&self, status: StatusCode, page: &impl Template) -> Answer {
        Ok(self.html(HttpResponse::build(status), page.render()?))
    }

    /// Shows a page, and keeps or forgets something in the browser.
    pub(crate) fn show_with(&self, page: &impl Template, cookie: Option<Cookie<'static>>) -> Answer {
        let mut response = HttpResponse::Ok();
        if let Some(cookie) = cookie {
            response.append_header((header::SET_COOKIE, cookie.to_string()));
        }
        Ok(self.html(response, page.render()?))
    }

    pub(crate) fn html(&self, mut response: HttpResponseBuilder, page: impl Into<String>) -> HttpResponse {
        let value = HeaderValue::from_static;
        response
            .insert_header((header::CONTENT_TYPE, value("text/html; charset=utf-8")))
            .insert_header((header::CONTENT_LANGUAGE, value(self.words.0.tag())))
            .insert_header((header::REFERRER_POLICY, value("same-origin")))
            .insert_header((header::CONTENT_SECURITY_POLICY, value(CONTENT_SECURITY_POLICY)));
        response.body(page.into())
    }

    /// Shows why not.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> HttpResponse {
        if let Refusal::Lead(path) = refusal {
            return lead(path, []);
        }
        if let Refusal::Broken(cause) = refusal {
            tracing::error!(cause, path = self.request.match_pattern(), "a page broke");
        }
        let mut response = HttpResponse::build(refusal.status());
        if let Refusal::TooMany(wait) = refusal {
            response.insert_header((header::RETRY_AFTER, wait.as_secs().max(1)));
        }
        if matches!(refusal, Refusal::Busy) {
            response.insert_header((header::RETRY_AFTER, 1));
        }
        if matches!(refusal, Refusal::WrongMethod) {
            response.insert_header((header::ALLOW, "GET, HEAD, POST"));
        }
        let page = refusal.page(self.frame(), self.request.path()).render();
        self.html(response, page.unwrap_or_default())
    }
}

/// Answers a script of ours.
pub(crate) fn json(value: &impl Serialize) -> Answer {
    let text = serde_json::to_string(value).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// Leads on, after a form.
pub(crate) fn lead(path: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, path));
    for cookie in cookies {
        response.append_header((header::SET_COOKIE, cookie.to_string()));
    }
    response.finish()
}

/// A key that makes a form harmless when it is sent twice.
pub(crate) fn form_key() -> Result<String, Refusal> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn asked_for(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
