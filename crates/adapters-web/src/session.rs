//! A person's session, kept in their browser.
//!
//! One cookie has the access token; one for each concert has the queue token. Neither is read by scripts, and none is sent
//! along when another site's page leads here by a form.

use actix_web::HttpRequest;
use actix_web::http::header;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use seatline_application::accounts::AccessToken;
use seatline_domain::id::ConcertId;
use uuid::Uuid;

/// Names and makes cookies. Where the public address is HTTPS, they are bound to it and to this host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    pub(crate) secure: bool,
}

impl Cookies {
    /// As long as browsers keep cookies at most.
    const ACCOUNT_AGE: Duration = Duration::days(400);
    /// Longer than anybody stands in line.
    const LINE_AGE: Duration = Duration::days(7);
    /// Longer than a charge can be paid.
    const CHARGE_AGE: Duration = Duration::days(1);
    const CHARGE: &str = "seatline-charge";
    const LANGUAGE: &str = "seatline-language";

    fn account(self) -> String {
        self.named("seatline-account")
    }

    fn line(self, concert: ConcertId) -> String {
        self.named(&format!("seatline-line-{}", concert.uuid().simple()))
    }

    /// Sent to the console's paths only, so it is bound to the host by its path and not by `__Host-`.
    fn console(self) -> &'static str {
        if self.secure { "__Secure-seatline-console" } else { "seatline-console" }
    }

    fn named(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// The access token of a browser, if it has one.
    pub(crate) fn access_token(self, request: &HttpRequest) -> Option<AccessToken> {
        read(request, &self.account()).and_then(|text| AccessToken::parse(&text))
    }

    /// The queue token of a browser for a concert.
    pub(crate) fn queue_token(self, request: &HttpRequest, concert: ConcertId) -> Option<String> {
        read(request, &self.line(concert))
    }

    /// The session of an operator at the console.
    pub(crate) fn console_session(self, request: &HttpRequest) -> Option<String> {
        read(request, self.console())
    }

    /// Keeps the session of an operator, for as long as the browser is open or the session lasts.
    pub(crate) fn with_console(self, session: String) -> Cookie<'static> {
        self.at_console(session, None)
    }

    /// Forgets the session of an operator.
    pub(crate) fn without_console(self) -> Cookie<'static> {
        self.at_console(String::new(), Some(Duration::ZERO))
    }

    fn at_console(self, session: String, age: Option<Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::build((self.console(), session))
            .path("/console")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Strict)
            .build();
        cookie.set_max_age(age);
        cookie
    }

    /// The language that was chosen.
    pub(crate) fn language(request: &HttpRequest) -> Option<String> {
        read(request, Self::LANGUAGE)
    }

    /// Keeps the access token.
    pub(crate) fn with_account(self, token: &AccessToken) -> Cookie<'static> {
        self.kept(self.account(), token.reveal().to_owned(), Self::ACCOUNT_AGE)
    }

    /// Forgets the access token.
    pub(crate) fn without_account(self) -> Cookie<'static> {
        self.kept(self.account(), String::new(), Duration::ZERO)
    }

    /// Keeps the queue token of a concert.
    pub(crate) fn with_line(self, concert: ConcertId, token: String) -> Cookie<'static> {
        self.kept(self.line(concert), token, Self::LINE_AGE)
    }

    /// Forgets the queue token of a concert.
    pub(crate) fn without_line(self, concert: ConcertId) -> Cookie<'static> {
        self.kept(self.line(concert), String::new(), Duration::ZERO)
    }

    /// Keeps where somebody began to charge points, to lead them back there.
    pub(crate) fn with_charge_from(self, path: &str) -> Cookie<'static> {
        self.kept(self.named(Self::CHARGE), path.to_owned(), Self::CHARGE_AGE)
    }

    /// Forgets it.
    pub(crate) fn without_charge(self) -> Cookie<'static> {
        self.kept(self.named(Self::CHARGE), String::new(), Duration::ZERO)
    }

    /// Where somebody began to charge points: their account, or a reservation.
    pub(crate) fn charge_from(self, request: &HttpRequest) -> Option<String> {
        let path = read(request, &self.named(Self::CHARGE))?;
        let is_reservation =
            path.strip_prefix("/reservations/").is_some_and(|id| Uuid::try_parse(id).is_ok());
        (is_reservation || path == "/account").then_some(path)
    }

    /// Keeps the language.
    pub(crate) fn with_language(self, tag: &'static str) -> Cookie<'static> {
        self.kept(Self::LANGUAGE.to_owned(), tag.to_owned(), Self::ACCOUNT_AGE)
    }

    fn kept(self, name: String, value: String, age: Duration) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .max_age(age)
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .build()
    }
}

/// The value of a cookie, the first that has one.
fn read(request: &HttpRequest, name: &str) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut cookies = headers.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies
        .find(|cookie| cookie.name() == name && !cookie.value().is_empty())
        .map(|one| one.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn cookies_are_not_for_scripts_and_are_bound_to_the_host_where_there_is_https() {
        let token = AccessToken::generate().unwrap();
        let plain = Cookies { secure: false }.with_account(&token).to_string();
        assert!(plain.starts_with("seatline-account=slt_"), "{plain}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
            assert!(plain.contains(part), "{part}: {plain}");
        }
        assert!(!plain.contains("Secure"));
        let secure = Cookies { secure: true }.with_line(ConcertId::new(Uuid::nil()), "t".into()).to_string();
        assert!(secure.starts_with("__Host-seatline-line-0000") && secure.contains("Secure"), "{secure}");
        assert!(!secure.contains("Domain"), "{secure}");
    }

    #[test]
    fn the_consoles_cookie_is_for_the_console_only_and_comes_from_no_other_site() {
        let plain = Cookies { secure: false }.with_console("s".into()).to_string();
        assert_eq!(plain, "seatline-console=s; HttpOnly; SameSite=Strict; Path=/console");
        let secure = Cookies { secure: true }.with_console("s".into()).to_string();
        assert_eq!(secure, "__Secure-seatline-console=s; HttpOnly; SameSite=Strict; Secure; Path=/console");
        assert!(Cookies { secure: true }.without_console().to_string().contains("Max-Age=0"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let token = AccessToken::generate().unwrap();
        let cookies = Cookies { secure: false };
        let header = format!("a=b; seatline-account={}; seatline-account2=x", token.reveal());
        let request = TestRequest::get().insert_header(("cookie", header)).to_http_request();
        assert_eq!(cookies.access_token(&request), Some(token));
        assert_eq!(Cookies { secure: true }.access_token(&request), None, "it was not bound to the host");
    }
}
