use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use serde_json::{Value, json};

use super::window::Window;

/// What somebody can do something with, by the role that browsers tell to screen readers.
const ROLES: [&str; 7] = ["button", "link", "combobox", "textbox", "DateTime", "DisclosureTriangle", "img"];

/// Elements of which the name might be this. It is the browser that says what their names are.
const CANDIDATES: &str = r#"
const [name] = arguments;
const plain = (text) => text.replace(/\s+/g, " ");
const said = (one) => [one.ariaLabel, one.textContent, ...[...(one.labels ?? [])].map((label) => label.textContent)];
return [...document.querySelectorAll("a, button, input, textarea, select, summary, canvas")]
    .filter((one) => one.checkVisibility() && plain(said(one).join(" ")).includes(name));
"#;

/// The key under which an element is sent.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Window {
    /// The first that is called so, or of which the name begins so and goes on after a dash.
    pub(super) async fn named(&self, name: &str) -> Result<Option<Element>, CmdError> {
        let found = self.client.execute(CANDIDATES, vec![json!(name)]).await?;
        let detailed = format!("{name} – ");
        for one in found.as_array().into_iter().flatten() {
            let Some(id) = one[ELEMENT].as_str() else { continue };
            let (label, role) = (self.label_of(id).await?, self.role_of(id).await?);
            if (label == name || label.starts_with(&detailed)) && ROLES.contains(&&*role) {
                return Ok(Some(Element::from_element_id(
                    self.client.clone(),
                    ElementRef::from(id.to_owned()),
                )));
            }
        }
        Ok(None)
    }

    /// The name that a screen reader says.
    pub(super) async fn label_of(&self, id: &str) -> Result<String, CmdError> {
        let label = self.ask(format!("element/{id}/computedlabel")).await?;
        Ok(label
            .as_str()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default())
    }

    async fn role_of(&self, id: &str) -> Result<String, CmdError> {
        Ok(self.ask(format!("element/{id}/computedrole")).await?.as_str().unwrap_or_default().to_owned())
    }

    /// An element, as an argument of a script.
    pub(super) fn argument(element: &Element) -> Value {
        json!({ELEMENT: String::from(element.element_id())})
    }
}
