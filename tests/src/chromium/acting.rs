use std::cell::RefCell;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::json;

use super::window::Window;
use crate::concurrency::eventually;

const INTO_VIEW: &str = "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' });";

/// Enters a moment as a whole: which of its parts is typed first is the browser's language's affair.
const ENTER_MOMENT: &str = r#"
const [field, moment] = arguments;
field.value = moment;
field.dispatchEvent(new Event("input", { bubbles: true }));
return field.value;
"#;

impl Window {
    /// How long a page may take to come to something. Only a failing test ever waits for so long.
    const PATIENCE: Duration = Duration::from_secs(25);

    /// Waits for what is called so, and clicks on it as soon as that can be done.
    pub async fn press(&self, name: &str) {
        let obstacle = RefCell::new("there is none".to_owned());
        let pressed = || async {
            // Between finding and clicking, a live page may have put another in its place, or be on its way.
            let done = self.try_press(name).await;
            done.map_err(|error| obstacle.replace(error.to_string())).ok()?
        };
        let waiting = tokio::time::timeout(Self::PATIENCE, eventually(name, pressed));
        if waiting.await.is_err() {
            let (path, text) = (self.path().await, self.text().await);
            panic!("{name} cannot be pressed at {path}: {}: {text}", obstacle.borrow());
        }
    }

    async fn try_press(&self, name: &str) -> Result<Option<()>, CmdError> {
        match self.named(name).await? {
            Some(found) if found.is_enabled().await? => {
                // What stays at the edge of the window may be in front of it: a person scrolls until they see it whole.
                self.client.execute(INTO_VIEW, vec![Self::argument(&found)]).await?;
                found.click().await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Chooses an option of what is called so.
    pub async fn choose(&self, name: &str, option: &str) {
        self.find(name).await.select_by_label(option).await.unwrap();
    }

    /// Replaces what is written in the field that is called so.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Enters a day and a time of it, such as `2099-12-24T19:00`, into the field that is called so.
    pub async fn enter_moment(&self, name: &str, moment: &str) {
        let field = self.find(name).await;
        let entered = self.run(ENTER_MOMENT, vec![Self::argument(&field), json!(moment)]).await;
        assert_eq!(entered, moment, "{name}");
    }

    pub(super) async fn find(&self, name: &str) -> Element {
        self.in_time(&format!("something called {name}"), || async { self.named(name).await.ok()? }).await
    }

    /// Waits for something of this page; says what the page says where it does not come.
    pub(super) async fn in_time<T, F: Future<Output = Option<T>>>(
        &self,
        what: &str,
        ask: impl FnMut() -> F,
    ) -> T {
        let waiting = tokio::time::timeout(Self::PATIENCE, eventually(what, ask));
        if let Ok(found) = waiting.await {
            return found;
        }
        panic!("still not: {what}, at {}: {}", self.path().await, self.text().await)
    }
}
