use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};

use super::window::Window;

/// The corners of an element that has been brought into view.
const BOX: &str = r#"
const one = document.querySelector(arguments[0]);
one.scrollIntoView({ block: "center", behavior: "instant" });
const { left, top, width, height } = one.getBoundingClientRect();
return [left, top, width, height];
"#;

/// Waits until the page has been drawn after whatever came before.
const TWO_FRAMES: &str = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]));";

impl Window {
    /// Places that are tried in each direction.
    const STEPS: u32 = 24;

    /// Moves the mouse over something drawn until a text beside it says what is there. Gives that text.
    pub async fn point_at_a_seat(&self, drawn: &str, said: &str) -> String {
        let [left, top, width, height] = self.place_of(drawn).await;
        // A slow machine may say what is there only after the mouse has gone on: it is waited for the second time.
        for waits in [false, true] {
            for (row, column) in
                (1..Self::STEPS).flat_map(|row| (1..Self::STEPS).map(move |column| (row, column)))
            {
                let part = |step: u32, of: f64| of * f64::from(step) / f64::from(Self::STEPS);
                self.point_at(left + part(column, width), top + part(row, height)).await;
                if !waits && self.text_in(said).await.is_empty() {
                    continue;
                }
                self.run_until_done(TWO_FRAMES, vec![]).await;
                let text = self.text_in(said).await;
                if !text.is_empty() {
                    return text;
                }
            }
        }
        panic!("nothing is to be found on {drawn}")
    }

    /// Left, top, width and height of the first that a selector finds, in pixels of the window.
    pub async fn place_of(&self, selector: &str) -> [f64; 4] {
        let found = self.run(BOX, vec![json!(selector)]).await;
        let numbers: Vec<_> = found.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        numbers.try_into().unwrap()
    }

    /// Moves the mouse.
    pub async fn point_at(&self, x: f64, y: f64) {
        self.mouse(vec![PointerAction::MoveTo { duration: None, x, y }]).await;
    }

    /// Clicks where the mouse is.
    pub async fn click_there(&self) {
        let button = MOUSE_BUTTON_LEFT;
        self.mouse(vec![PointerAction::Down { button }, PointerAction::Up { button }]).await;
    }

    async fn mouse(&self, actions: Vec<PointerAction>) {
        let moved = actions.into_iter().fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
        self.client.perform_actions(moved).await.unwrap();
    }
}
