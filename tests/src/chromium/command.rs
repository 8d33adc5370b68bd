use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::window::Window;

/// What chromedriver does that the client has no function for.
#[derive(Debug)]
struct Extension {
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        match &self.body {
            Some(body) => (Method::POST, Some(body.to_string())),
            None => (Method::GET, None),
        }
    }
}

impl Window {
    /// Asks what the driver knows.
    pub(super) async fn ask(&self, path: String) -> Result<Value, CmdError> {
        self.client.issue_cmd(Extension { path, body: None }).await
    }

    /// Lets the browser's own protocol do something.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.client.issue_cmd(Extension { path: "goog/cdp/execute".into(), body: Some(body) }).await.unwrap()
    }

    /// What the browser has complained about in its console since it was asked last: errors, warnings, refusals by the
    /// page's policy.
    pub async fn complaints(&self) -> Vec<String> {
        let body = json!({"type": "browser"});
        let entries =
            self.client.issue_cmd(Extension { path: "se/log".into(), body: Some(body) }).await.unwrap();
        let wrong = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        entries.as_array().unwrap().iter().filter(wrong).map(Value::to_string).collect()
    }
}
