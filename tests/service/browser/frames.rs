//! How long the frames of a map of 20,000 seats take while it is moved and enlarged. `script/frames` measures for longer.

use seatline_tests::{Chromium, Cluster, Sale, Window};
use serde_json::{Value, json};

use super::words::ENGLISH;
use super::{arena, assert_content, enter};

/// Frames of each movement in the usual run, which only shows that everything can be drawn.
const FEW: u64 = 30;

/// Moves the map once a frame, by the events of a wheel or a mouse that is held down, and gives the times between frames.
const MOVE: &str = r#"
const [way, frames, done] = arguments;
const canvas = document.querySelector("[data-canvas]");
const box = canvas.getBoundingClientRect();
const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
const common = { bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse" };
const step = {
    in: () => canvas.dispatchEvent(new WheelEvent("wheel", { ...common, clientX: x, clientY: y, deltaY: -12 })),
    out: () => canvas.dispatchEvent(new WheelEvent("wheel", { ...common, clientX: x, clientY: y, deltaY: 12 })),
    pan: (frame) => {
        const angle = (frame / 60) * 2 * Math.PI;
        const at = { clientX: x + 120 * Math.sin(angle), clientY: y + 80 * Math.sin(2 * angle) };
        canvas.dispatchEvent(new PointerEvent("pointermove", { ...common, ...at }));
    },
}[way];
const times = [];
let before;
const next = (now) => {
    if (before !== undefined) times.push(now - before);
    before = now;
    if (times.length === frames) return done(times);
    step(times.length);
    requestAnimationFrame(next);
};
requestAnimationFrame(next);
"#;

/// Says the median and the 95th percentile.
fn report(what: &str, times: &Value) {
    let mut times: Vec<f64> = times.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    let (median, p95) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("{what:<40} {:>5} frames, median {median:>5.1} ms, p95 {p95:>5.1} ms", times.len());
}

async fn measure(window: &Window, what: &str, way: &str, frames: u64) {
    let [left, top, width, height] = window.place_of("[data-canvas]").await;
    if way == "pan" {
        let (x, y) = (left + width / 2.0, top + height / 2.0);
        let pressed = json!({"type": "mousePressed", "x": x, "y": y, "button": "left", "clickCount": 1});
        window.devtools("Input.dispatchMouseEvent", pressed).await;
    }
    report(what, &window.run_until_done(MOVE, vec![json!(way), json!(frames)]).await);
    if way == "pan" {
        // Moved away before it is let go, or it would be a click.
        let (x, y) = (left + width / 3.0, top + height / 3.0);
        let moved = json!({"type": "mouseMoved", "x": x, "y": y, "button": "left"});
        window.devtools("Input.dispatchMouseEvent", moved).await;
        let released = json!({"type": "mouseReleased", "x": x, "y": y, "button": "left", "clickCount": 1});
        window.devtools("Input.dispatchMouseEvent", released).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_of_twenty_thousand_seats_is_moved_and_enlarged() {
    let asked = std::env::var_os("SEATLINE_FRAMES").and_then(|frames| frames.into_string().ok());
    let frames = asked.and_then(|frames| frames.parse().ok()).unwrap_or(FEW);
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().sections(arena::sections(103)).open(&cluster.operator()).await;
    let bob = cluster.user().await.enter(&sale).await;
    bob.hold(&sale, &[7]).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    ada.press("Show all").await;
    for (what, way) in [
        ("all seats, moved", "pan"),
        ("from all seats to single ones", "in"),
        ("single seats, moved", "pan"),
        ("back to all seats", "out"),
    ] {
        measure(&ada, what, way, frames).await;
    }
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}
