use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::sys::signal::Signal;
use seatline_tests::{Binary, Operator, Running, Sale, TestUser, data_folder};
use serde_json::json;

async fn serve(data: &Path, sample_data: &str) -> Running {
    let (data, sample_data) = (data.to_str().unwrap().to_owned(), sample_data.to_owned());
    let serving = tokio::task::spawn_blocking(move || {
        Binary::serve([
            ("SEATLINE_DATA_DIR", data.as_str()),
            ("SEATLINE_LISTEN", "127.0.0.1:0"),
            ("SEATLINE_SAMPLE_DATA", &sample_data),
        ])
    });
    serving.await.unwrap()
}

async fn end(running: Running) {
    let ended = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM));
    let (code, log) = ended.await.unwrap();
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_brings_its_own_database_which_survives_a_restart() {
    let scratch = data_folder();
    let data = scratch.path().join("data");
    let mut running = serve(&data, "auto").await;
    let said = running.announcement("holds last").to_owned();
    let key_file = data.join("admin-key");
    assert!(said.contains(key_file.to_str().unwrap()), "{said}");
    assert_eq!(fs::metadata(&key_file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&key_file).unwrap();
    assert!(!said.contains(key.trim()), "the key itself is not shown");

    let concerts = running.client().get("/api/v1/concerts").send().await.json(200);
    let samples = concerts["items"].as_array().unwrap().len();
    assert!(samples > 0, "the first minute shows something");
    let sale = Sale::open(&Operator::new(running.client(), key.trim())).await;
    let ada = TestUser::register(running.client()).await.enter(&sale).await;
    ada.charge(Sale::PRICE).await;
    let reservation = ada.hold(&sale, &[7]).await;
    end(running).await;

    let mut running = serve(&data, "auto").await;
    assert_eq!(fs::read_to_string(&key_file).unwrap(), key, "the key is kept");
    let ada = ada.by(running.client());
    assert_eq!(ada.reservation(&reservation).await, reservation);
    ada.pay(&reservation).await;
    assert_eq!(ada.balance().await, json!(0));
    let concerts = running.client().get("/api/v1/concerts").send().await.json(200);
    assert_eq!(concerts["items"].as_array().unwrap().len(), samples + 1, "samples are loaded once");
    assert_sound(&data).await;
    running.announcement("holds last");
    assert_eq!(ada.by(running.client()).balance().await, json!(0), "it goes on beside a check");
    end(running).await;
    assert_sound(&data).await;
}

/// Runs `seatline check`, which finds nothing.
async fn assert_sound(data: &Path) {
    let folder = data.to_str().unwrap().to_owned();
    let check = move || Binary::run("check", [("SEATLINE_DATA_DIR", folder.as_str())]);
    let checked = tokio::task::spawn_blocking(check).await.unwrap();
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).contains("holds"), "{checked:?}");
}
