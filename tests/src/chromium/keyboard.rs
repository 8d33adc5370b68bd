use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use super::window::Window;

/// Whether it is seen where the keyboard is.
const FOCUS_IS_SEEN: &str = r#"
const [here] = arguments;
const seen = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
};
const box = here.getBoundingClientRect();
return (seen(here) || seen(here.parentElement) || [...document.querySelectorAll(":focus-within")].some(seen))
    && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
"#;

impl Window {
    /// The most that are passed over on the way to something.
    const STOPS_MAX: usize = 200;

    /// Presses a key and lets it go.
    pub async fn key(&self, key: Key) {
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: char::from(key) })
            .then(KeyAction::Up { value: char::from(key) });
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Goes on with the tabulator to what is called so. Fails where it is not seen on the way where the keyboard is.
    pub async fn tab_to(&self, name: &str) {
        // What is there only after a while is waited for: whoever looks sees it too.
        self.find(name).await;
        let mut passed = Vec::new();
        for _ in 0..Self::STOPS_MAX {
            self.key(Key::Tab).await;
            let Ok(here) = self.client.active_element().await else { continue };
            let Ok(label) = self.label_of(&String::from(here.element_id())).await else { continue };
            let seen = self.client.execute(FOCUS_IS_SEEN, vec![Self::argument(&here)]).await;
            // At the end of the page, the keyboard leaves it for the browser itself.
            let body = self.client.execute("return document.activeElement === document.body", vec![]).await;
            if body.ok() != Some(Value::Bool(true)) {
                assert_eq!(seen.unwrap(), true, "nobody sees that the keyboard is at {label}");
            }
            if label == name || label.starts_with(&format!("{name} – ")) {
                return;
            }
            passed.push(label);
        }
        panic!("the tabulator never comes to {name}, only to {passed:?}")
    }
}
