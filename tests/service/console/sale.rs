//! A sale that runs: its figures, its waiting room, its corrections, the record of changes.

use seatline_tests::{Cluster, Sale};
use serde_json::{Value, json};

use super::{fill, owner, with_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_is_seen_while_people_buy() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(2).open(&cluster.operator()).await;
    let mut owner = owner(&cluster).await;
    cluster.user().await.buy(&sale, &[7]).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.hold(&sale, &[8]).await;
    cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user().await;
    bob.join(&sale).await;
    let home = owner.open("/console").await;
    assert!(home.says("Winter Gala") && home.says("1,000 points"), "{}", home.html);
    assert!(home.values("href").contains(&format!("/console/concerts/{}", sale.concert_id)));
    assert!(home.says(">New concert</a>"));
    let path = format!("/console/concerts/{}", sale.concert_id);
    let page = owner.open(&path).await;
    for (name, value) in [
        ("waiting", "1"),
        ("active", "2 of 2"),
        ("held", "1"),
        ("sold", "1"),
        ("available", "48"),
        ("revenue", "1,000 points"),
    ] {
        assert!(page.says(&format!("data-figure=\"{name}\">{value}<")), "{name}: {}", page.html);
    }
    let figures: Value = serde_json::from_str(&owner.open(&format!("{path}/figures")).await.html).unwrap();
    assert_eq!(figures["drawn"], json!([1, 2, 1, 3]));
    assert_eq!((&figures["sold"], &figures["state"]), (&json!("1"), &json!("Open")));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_paused_with_a_reason_and_opened_again() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let mut owner = owner(&cluster).await;
    let path = format!("/console/concerts/{}", sale.concert_id);
    let page = owner.open(&path).await;
    assert!(page.has_button("Pause") && !page.has_button("Open"));
    let refused = fill(&mut owner, &page, &format!("{path}/pause"), &[("reason", &"x".repeat(201))]).await;
    assert!(refused.status == 422 && refused.says("At most 200 characters."), "{}", refused.html);
    let paused =
        fill(&mut owner, &page, &format!("{path}/pause"), &[("reason", "The hall is evacuated")]).await;
    assert!(paused.has_button("Open") && !paused.has_button("Pause"), "{}", paused.html);
    assert_eq!(operator.sales(&sale.concert_id).await["queue"]["state"], "PAUSED");
    let entry = operator.audit(&sale.concert_id).await.remove(0);
    assert_eq!(entry["after"]["reason"], "The hall is evacuated");
    let audit = owner.open(&format!("{path}/audit")).await;
    assert!(audit.says("The hall is evacuated") && audit.says("<del>OPEN</del> → PAUSED"), "{}", audit.html);
    let open = owner.press(&paused, "Open").await;
    assert!(open.has_button("Pause"), "{}", open.html);
    assert_eq!(operator.sales(&sale.concert_id).await["queue"]["state"], "OPEN");
    let page = owner.open(&path).await;
    let paused = owner.press(&page, "Pause").await;
    assert!(paused.has_button("Open"), "a reason may be left out");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_figures_say_what_they_do_before_they_are_set() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(1).pass_ttl_seconds(600).open(&operator).await;
    cluster.user().await.enter(&sale).await;
    for _ in 0..3 {
        cluster.user().await.join(&sale).await;
    }
    let mut owner = owner(&cluster).await;
    let path = format!("/console/concerts/{}", sale.concert_id);
    let queue = format!("{path}/queue");
    let page = owner.open(&path).await;
    assert!(page.says("after about 30 minutes if everybody uses their whole turn"), "{}", page.html);
    let typed = [("capacity", "3"), ("rate", "1"), ("do", "preview")];
    let preview = fill(&mut owner, &page, &queue, &typed).await;
    assert!(preview.says("after about 3 minutes, or after about 10 minutes"), "{}", preview.html);
    assert_eq!((preview.field("capacity"), preview.field("rate")), ("3".to_owned(), "1".to_owned()));
    assert_eq!(operator.sales(&sale.concert_id).await["queue"]["capacity"], 1, "only looked at");
    let asked = owner.open(&format!("{path}/forecast?capacity=3&rate=1")).await;
    assert!(asked.says("after about 3 minutes, or after about 10 minutes"), "{}", asked.html);
    assert_eq!(
        owner.open(&format!("{path}/forecast?capacity=0&rate=")).await.html,
        "null",
        "not a capacity yet"
    );
    let refused =
        fill(&mut owner, &page, &queue, &[("capacity", "none"), ("rate", "0"), ("do", "set")]).await;
    assert!(
        refused.status == 422 && refused.says("id=\"capacity-wrong\"") && refused.says("id=\"rate-wrong\"")
    );
    let set = fill(&mut owner, &preview, &queue, &[("capacity", "3"), ("rate", "60"), ("do", "set")]).await;
    assert_eq!(set.status, 200, "{}", set.html);
    let room = &operator.sales(&sale.concert_id).await["queue"];
    assert_eq!((&room["capacity"], &room["admitPerMinute"]), (&json!(3), &json!(60)));
    let set = fill(&mut owner, &set, &queue, &[("capacity", "3"), ("rate", ""), ("do", "set")]).await;
    assert!(set.says("no limit"), "{}", set.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concert_is_corrected_and_the_record_names_the_key() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let made = cluster.operator().create_key("Box office", "OPERATOR").await;
    let mut desk = with_key(&cluster, "en", made["key"].as_str().unwrap()).await;
    let path = format!("/console/concerts/{}", sale.concert_id);
    let page = desk.open(&path).await;
    assert_eq!(page.field("title"), "Winter Gala");
    let typed = [("title", "Winter Gala, extra"), ("venue", "Grand Hall, Busan"), ("limit", "4")];
    let corrected = fill(&mut desk, &page, &format!("{path}/corrections"), &typed).await;
    assert!(corrected.says("Corrected.") && corrected.says("Winter Gala, extra"), "{}", corrected.html);
    let refused = fill(
        &mut desk,
        &page,
        &format!("{path}/corrections"),
        &[("title", " "), ("venue", "x"), ("limit", "0")],
    )
    .await;
    assert!(
        refused.status == 422 && refused.says("id=\"title-wrong\"") && refused.says("id=\"limit-wrong\"")
    );
    let audit = desk.open(&format!("{path}/audit")).await;
    assert!(audit.says("Box office") && audit.says("<del>Winter Gala</del>"), "{}", audit.html);
    assert!(audit.says("Owner ("), "the owner is told by a fingerprint");
    cluster.end().await;
}
