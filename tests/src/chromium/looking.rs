use serde_json::{Value, json};

use super::window::Window;

/// The text of a page as it is shown, within what a selector finds first.
const TEXT: &str = "return document.querySelector(arguments[0])?.innerText ?? null;";

/// Whether a selector finds anything.
const FOUND: &str = "return document.querySelector(arguments[0]) !== null;";

impl Window {
    /// Waits until the page says this.
    pub async fn sees(&self, text: &str) {
        self.sees_in("body", text).await;
    }

    /// Waits until the first that a selector finds says this.
    pub async fn sees_in(&self, selector: &str, text: &str) {
        let shown = || async { self.text_in(selector).await.contains(text).then_some(()) };
        self.in_time(&format!("{selector} says {text}"), shown).await;
    }

    /// Waits until a selector finds something.
    pub async fn sees_element(&self, selector: &str) {
        let there = || async {
            let found = self.client.execute(FOUND, vec![json!(selector)]).await;
            found.ok().filter(|found| *found == json!(true)).map(|_| ())
        };
        self.in_time(&format!("something at {selector}"), there).await;
    }

    /// What the page says now, as it is shown.
    pub async fn text(&self) -> String {
        self.text_in("body").await
    }

    /// What the first that a selector finds says now. Nothing while a page is on its way.
    pub async fn text_in(&self, selector: &str) -> String {
        let text = self.client.execute(TEXT, vec![json!(selector)]).await;
        text.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Waits until it is at a page of which the path begins so. Gives the whole path.
    pub async fn arrives_at(&self, path: &str) -> String {
        let arrived = || async { Some(self.path().await).filter(|here| here.starts_with(path)) };
        self.in_time(&format!("at {path}"), arrived).await
    }

    /// Whether there is something with this name that can be used.
    pub async fn has(&self, name: &str) -> bool {
        match self.named(name).await {
            Ok(Some(found)) => found.is_enabled().await.unwrap_or(false),
            _ => false,
        }
    }
}
