//! The gate's camera. No Chromium reads codes on Linux: what reads them is another, the camera and the page are real.

use seatline_tests::{Chromium, Cluster, Sale, Window, WindowOptions, eventually};
use serde_json::json;

use super::super::assert_content;
use super::sign_in;
use super::words::ENGLISH;

/// Reads what a test holds before the camera, once that shows something.
const READER: &str = r#"
globalThis.shown = "";
globalThis.looks = 0;
globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(video) {
        if (!video.srcObject.active || video.videoWidth === 0) throw new Error("the camera is dark");
        globalThis.looks += 1;
        return globalThis.shown === "" ? [] : [{ rawValue: globalThis.shown }];
    }
};
"#;

async fn show(gate: &Window, code: &str) {
    gate.run("globalThis.shown = arguments[0]", vec![json!(code)]).await;
}

/// Waits until the camera has seen the same a few times more.
async fn look_on(gate: &Window) {
    let looks = async || gate.run("return globalThis.looks", vec![]).await.as_u64().unwrap();
    let before = looks().await;
    eventually("it looks on", async || (looks().await > before + 4).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_before_the_camera_admits_once_however_long_it_is_shown() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(3).open(&operator).await;
    let tickets = cluster.user().await.buy(&sale, &[7, 8, 9]).await;
    let code = |ticket: usize| tickets[ticket]["code"].as_str().unwrap();
    let checked_in = async || cluster.database().query("SELECT count(*) FROM check_ins").await.remove(0);
    let made = operator.create_key("North gate", "GATE").await;
    let gate = chromium.window_with(WindowOptions { camera: true, ..WindowOptions::default() }).await;
    gate.run_first(READER).await;
    gate.open("/console").await;
    sign_in(&gate, &ENGLISH, made["key"].as_str().unwrap()).await;
    gate.open(&format!("/console/performances/{}/gate", sale.performance_id)).await;
    gate.press("Use the camera").await;
    look_on(&gate).await;
    gate.sees_in("[data-word]", "Ready").await;

    show(&gate, code(0)).await;
    gate.sees_in("[data-text]", "row A, seat 7").await;
    gate.sees_in("[data-word]", ENGLISH.come_in).await;
    look_on(&gate).await;
    gate.sees_in("[data-word]", ENGLISH.come_in).await;
    assert_eq!(checked_in().await, "1", "it was shown all the time");

    // The next one does not wait for the answer to the one before.
    let lock = cluster.database().lock("check_ins").await;
    show(&gate, code(1)).await;
    look_on(&gate).await;
    show(&gate, code(2)).await;
    look_on(&gate).await;
    lock.release().await;
    gate.sees_in("[data-text]", "row A, seat 9").await;
    gate.sees_in("[data-word]", ENGLISH.come_in).await;
    assert_eq!(checked_in().await, "3");
    show(&gate, "nonsense").await;
    gate.sees_in("[data-word]", ENGLISH.no_ticket).await;
    assert_content(&gate).await;
    drop(chromium);
    cluster.end().await;
}
