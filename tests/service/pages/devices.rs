//! An account that comes to another device: by a code, or by its key.

use seatline_bootstrap::Switch;
use seatline_tests::{Browser, Cluster, ClusterOptions, Page};

const WELCOME: &str = "100,000 points";
const REFUSED: &str = "This code or key opens no account.";

/// A browser with an account that has points, and its page.
async fn owner(cluster: &Cluster) -> (Browser, Page) {
    let mut browser = cluster.browser("en");
    let nobody = browser.open("/account").await;
    let mine = browser.press(&nobody, "Open an account").await;
    let charged = browser.press(&mine, "Charge points").await;
    (browser, charged)
}

/// What a page shows to be taken elsewhere.
fn secret(page: &Page) -> String {
    page.html.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// A browser that has never been here types this into the form. Gives it, and the page to which that leads.
async fn typed(cluster: &Cluster, instance: usize, text: &str) -> (Browser, Page) {
    let mut other = cluster.browser("en").at(cluster.address(instance));
    let nobody = other.open("/account").await;
    let led = other.send("/account/device", &[("code", text), ("key", &nobody.field("key"))]).await;
    (other, led)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_comes_to_another_browser_by_its_key() {
    let cluster = Cluster::start().await;
    let (mut browser, mine) = owner(&cluster).await;
    let shown = browser.press(&mine, "Show the key").await;
    let key = secret(&shown);
    assert!(!mine.says(&key), "it is shown on request only");
    assert!(typed(&cluster, 0, "slt_wrong").await.1.says(REFUSED));
    assert!(typed(&cluster, 0, &key).await.1.says(WELCOME));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_comes_to_another_browser_by_a_code_once() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let (mut browser, mine) = owner(&cluster).await;
    let shown = browser.press(&mine, "Show a code").await;
    let code = secret(&shown);
    assert!(code.len() == 9 && !shown.says("slt_"), "{code}");
    // As people type, and at another instance.
    let (mut other, there) =
        typed(&cluster, 1, &format!(" {} ", code.to_lowercase().replace('-', " "))).await;
    assert!(there.says(WELCOME), "{}", there.html);
    assert_eq!(other.cookies(), browser.cookies(), "it is the same account");
    assert!(typed(&cluster, 0, &code).await.1.says(REFUSED), "it works once");

    let again = browser.press(&mine, "Show a code").await;
    let (mut twice, nobody) = (cluster.browser("en"), cluster.browser("en").open("/account").await);
    for _ in 0..2 {
        let fields = [("code", &*secret(&again)), ("key", &*nobody.field("key"))];
        let sent = twice.send("/account/device", &fields).await;
        assert!(sent.says(WELCOME), "a form that is sent twice: {}", sent.html);
    }
    let older = secret(&browser.press(&mine, "Show a code").await);
    let newer = secret(&browser.press(&mine, "Show a code").await);
    assert!(typed(&cluster, 0, &older).await.1.says(REFUSED), "there is one code at a time");
    assert!(typed(&cluster, 0, "0000-0000").await.1.says(REFUSED));
    assert!(other.open("/account").await.says(WELCOME));
    cluster
        .database()
        .execute("UPDATE device_codes SET expires_at = expires_at - interval '10 minutes'")
        .await;
    assert!(typed(&cluster, 0, &newer).await.1.says(REFUSED), "its time is up");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_guessed_only_so_often() {
    let cluster =
        Cluster::start_with(ClusterOptions { rate_limits: Switch::On, ..ClusterOptions::default() }).await;
    let mut guesser = cluster.browser("en");
    let key = guesser.open("/account").await.field("key");
    let mut statuses = Vec::new();
    for number in 0..25 {
        let code = format!("0000-00{number:02}");
        statuses.push(guesser.post("/account/device", &[("code", &code), ("key", &key)]).await.status);
    }
    assert_eq!(statuses.iter().take_while(|status| **status == 303).count(), 20, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    cluster.end().await;
}
