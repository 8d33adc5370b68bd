use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;

/// A browser that runs no scripts: it keeps cookies, follows links and sends forms.
#[derive(Debug, Clone)]
pub struct Browser {
    base: String,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// What it sends with every request.
    pub headers: Vec<(String, String)>,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its path and query, after redirects.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes as text.
    pub html: String,
}

impl Browser {
    /// Redirects that are followed at most.
    const REDIRECTS_MAX: usize = 5;

    /// A browser that has never been here.
    pub fn new(address: SocketAddr, language: &str) -> Self {
        // It speaks plain HTTP only, but is not built without TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).redirect(Policy::none()).build();
        let headers = vec![
            ("accept-language".to_owned(), language.to_owned()),
            ("accept".to_owned(), "text/html,*/*;q=0.8".to_owned()),
        ];
        Self { base: format!("http://{address}"), http: http.unwrap(), cookies: BTreeMap::new(), headers }
    }

    /// The cookies that it keeps, by name.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// The same browser at another instance, with the cookies that it keeps.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { base: format!("http://{address}"), ..self.clone() }
    }

    /// Opens a page, and follows where it leads.
    pub async fn open(&mut self, path: &str) -> Page {
        let answer = self.ask(path, None).await;
        self.follow(answer).await
    }

    /// Asks for a page, and follows nothing.
    pub async fn peek(&mut self, path: &str) -> Page {
        self.ask(path, None).await
    }

    /// Presses a button of a page, by its name, and follows where that leads.
    pub async fn press(&mut self, page: &Page, button: &str) -> Page {
        let (method, action, fields) = page.form(button);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        if method == "get" {
            let query: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let path = action.split('#').next().unwrap().to_owned();
            return self.open(&format!("{path}?{}", query.join("&"))).await;
        }
        self.send(&action, &fields).await
    }

    /// Sends a form, and follows where that leads.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.ask(path, Some(fields)).await;
        self.follow(answer).await
    }

    /// Sends a form, and follows nothing.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.ask(path, Some(fields)).await
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..Self::REDIRECTS_MAX {
            let Some(to) = page.headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned()) else {
                return page;
            };
            page = self.ask(&to, None).await;
        }
        panic!("led around: {}", page.path)
    }

    async fn ask(&mut self, path: &str, form: Option<&[(&str, &str)]>) -> Page {
        let url = format!("{}{path}", self.base);
        let mut request = match form {
            None => self.http.get(url),
            Some(fields) => {
                let body = fields.iter().map(|(name, value)| format!("{name}={}", coded(value)));
                let request = self.http.post(url).header("content-type", "application/x-www-form-urlencoded");
                request.body(body.collect::<Vec<_>>().join("&"))
            }
        };
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header("cookie", cookies.collect::<Vec<_>>().join("; "));
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page { path: path.to_owned(), status, headers, html: answer.text().await.unwrap() }
    }
}

impl Page {
    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Whether it says this.
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> String {
        let inputs = self.html.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
        let named = |tag: &&str| attribute(tag, "name").as_deref() == Some(name);
        let found = inputs.filter(|tag| named(tag)).find_map(|tag| attribute(tag, "value"));
        found.unwrap_or_else(|| panic!("no field {name} on {}:\n{}", self.path, self.html))
    }

    /// The values of an attribute, in the order of the page.
    pub fn values(&self, attribute: &str) -> Vec<String> {
        let mark = format!(" {attribute}=\"");
        self.html.split(&mark).skip(1).map(|rest| decoded(rest.split('"').next().unwrap())).collect()
    }

    /// Whether it has a button with this name.
    pub fn has_button(&self, name: &str) -> bool {
        self.button(name).is_some()
    }

    /// The place of a button with this name: its text, or its label.
    fn button(&self, name: &str) -> Option<usize> {
        let mut from = 0;
        while let Some(at) = self.html.get(from..)?.find("<button").map(|at| at + from) {
            let element = self.html[at..].split("</button>").next()?;
            let (tag, text) = element.split_once('>')?;
            let label = attribute(tag, "aria-label").unwrap_or_else(|| decoded(text.trim()));
            if label == name && !tag.contains(" disabled") {
                return Some(at);
            }
            from = at + 7;
        }
        None
    }

    /// Method, action and fields of the form that a button sends.
    fn form(&self, button: &str) -> (String, String, Vec<(String, String)>) {
        let at = self
            .button(button)
            .unwrap_or_else(|| panic!("no button {button} on {}:\n{}", self.path, self.html));
        let begin = self.html[..at].rfind("<form").unwrap();
        let form = self.html[begin..].split("</form>").next().unwrap();
        let tag = form.split('>').next().unwrap();
        let inputs = form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
        let named = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()));
        let mut fields: Vec<_> = inputs.filter_map(named).collect();
        fields.extend(named(self.html[at..].split('>').next().unwrap()));
        (attribute(tag, "method").unwrap(), attribute(tag, "action").unwrap(), fields)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(decoded(rest.split('"').next()?))
}

fn decoded(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

fn coded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
