//! Performances with their halls, made by forms, looked at before, and corrected after.

use seatline_tests::{Cluster, Sale, eventually};
use serde_json::json;

use super::{fill, id_of, owner};

const HALL: [(&str, &str); 7] = [
    ("section-name", "Floor"),
    ("section-price", "165,000"),
    ("section-rows", "A 1-20\r\nB 21-40"),
    ("section-name", "Balcony"),
    ("section-price", "99000"),
    ("section-rows", "41-100"),
    ("accessible", "1, 2, 41-42"),
];
const TIMES: [(&str, &str); 4] =
    [("starts", "2099-12-24T19:00"), ("opens", ""), ("closes", ""), ("refundable", "2099-12-20T00:00")];

fn with(button: &'static str, others: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let typed = TIMES.iter().chain(&HALL).copied();
    let replaced = |(name, value): (&'static str, &'static str)| {
        (name, others.iter().find(|(other, _)| *other == name).map_or(value, |(_, value)| value))
    };
    typed.map(replaced).chain([("do", button)]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_performance_is_looked_at_before_it_is_made() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert = operator.add_concert(&json!({"title": "Gala", "venue": "Hall"})).await;
    let id = concert["concertId"].as_str().unwrap();
    let path = format!("/console/concerts/{id}/new-performance");
    let mut owner = owner(&cluster).await;
    let form = owner.open(&path).await;
    assert_eq!(form.html.matches("name=\"section-name\"").count(), 1);
    let wider = fill(&mut owner, &form, &path, &[("section-name", "Floor"), ("do", "section")]).await;
    assert_eq!(wider.html.matches("name=\"section-name\"").count(), 2);
    let preview = fill(&mut owner, &wider, &path, &with("preview", &[])).await;
    assert!(preview.status == 200 && preview.says("100 seats"), "{}", preview.html);
    assert_eq!(preview.html.matches("<line ").count(), 4, "two rows, and a range that gets two");
    assert_eq!(preview.html.matches("<rect ").count(), 4);
    let drawn = fill(&mut owner, &preview, "/console/halls", &with("", &[])).await;
    assert!(
        drawn.says("\"total\":\"100 seats\"") && drawn.says("\"viewBox\":\"-1.5 -1.5 "),
        "{}",
        drawn.html
    );
    let unfinished = with("", &[("section-rows", "A")]);
    assert_eq!(fill(&mut owner, &preview, "/console/halls", &unfinished).await.html, "null", "no hall yet");
    let narrower = fill(&mut owner, &preview, &path, &with("without-0", &[])).await;
    assert_eq!(narrower.html.matches("name=\"section-name\"").count(), 1);
    assert!(narrower.says("value=\"Balcony\"") && !narrower.says("value=\"Floor\""));
    assert!(operator.sales(id).await["performances"].as_array().unwrap().is_empty(), "only looked at");

    let made = fill(&mut owner, &preview, &path, &with("add", &[])).await;
    assert!(made.status == 200 && made.says("The performance is added."), "{}", made.html);
    let sales = operator.sales(id).await;
    assert_eq!(sales["performances"][0]["available"], 100);
    assert_eq!(sales["performances"][0]["startsAt"], "2099-12-24T10:00:00Z");
    let layout = format!("/api/v1/performances/{}/layout", id_of(&made));
    let layout = cluster.client().get(&layout).send().await.json(200);
    assert_eq!(layout["sections"][0]["rows"][1]["label"], "B");
    assert_eq!(layout["accessibleSeats"], json!([1, 2, 41, 42]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_beside_its_field() {
    let cluster = Cluster::start().await;
    let concert = cluster.operator().add_concert(&json!({"title": "Gala", "venue": "Hall"})).await;
    let id = concert["concertId"].as_str().unwrap();
    let path = format!("/console/concerts/{id}/new-performance");
    let mut owner = owner(&cluster).await;
    let form = owner.open(&path).await;
    for (others, field) in [
        (vec![("starts", "2001-01-01T19:00")], "starts"),
        (vec![("starts", "soon")], "starts"),
        (vec![("opens", "2099-12-25T19:00")], "opens"),
        (vec![("opens", "2099-12-02T00:00"), ("closes", "2099-12-01T00:00")], "closes"),
        (vec![("section-price", "99999999999")], "section-price-0"),
        (vec![("section-price", "much")], "section-price-0"),
        (vec![("section-name", "")], "section-name-0"),
        (vec![("section-rows", "A one-two")], "section-rows-0"),
        (vec![("section-rows", "A 1-20\nA 21-40")], "section-rows-0"),
        (vec![("accessible", "4000")], "accessible"),
        (vec![("accessible", "x")], "accessible"),
    ] {
        let refused = fill(&mut owner, &form, &path, &with("add", &others)).await;
        assert_eq!(refused.status, 422, "{others:?}");
        assert!(refused.says(&format!("id=\"{field}-wrong\"")), "{others:?}: {}", refused.html);
        assert_eq!(refused.field("key"), form.field("key"));
        let typed = others[0].1;
        assert!(refused.says(typed.split('\n').next().unwrap()), "what was typed stays: {typed}");
    }
    assert!(cluster.operator().sales(id).await["performances"].as_array().unwrap().is_empty());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_blocked_and_given_back_by_ranges() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    cluster.user().await.buy(&sale, &[7]).await;
    let path = format!("/console/performances/{}", sale.performance_id);
    let seats = format!("{path}/seats");
    let mut owner = owner(&cluster).await;
    let page = owner.open(&path).await;
    let blocked = fill(&mut owner, &page, &seats, &[("seats", "1-5, 10"), ("do", "block")]).await;
    assert!(blocked.says("Blocked."), "{}", blocked.html);
    assert_eq!(operator.sales(&sale.concert_id).await["performances"][0]["blocked"], 6);
    for (typed, why) in [
        ("6-8", "These seats are sold: 7."),
        ("60", "There are no such seats: 60"),
        ("seven", "Enter numbers and ranges"),
    ] {
        let refused = fill(&mut owner, &page, &seats, &[("seats", typed), ("do", "block")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.says(why) && refused.says(&format!("value=\"{typed}\"")), "{}", refused.html);
    }
    let page = owner.open(&path).await;
    let free = fill(&mut owner, &page, &seats, &[("seats", "1-5"), ("do", "unblock")]).await;
    assert!(free.says("Given back to the sale."));
    assert_eq!(operator.sales(&sale.concert_id).await["performances"][0]["blocked"], 1);
    let map = owner.open(&format!("{path}/map")).await;
    assert!(map.says("\"states\":\"f6s1f2b1f40\""), "{}", map.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_and_prices_are_corrected() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let path = format!("/console/performances/{}", sale.performance_id);
    let mut owner = owner(&cluster).await;
    let page = owner.open(&path).await;
    assert_eq!(page.field("starts"), "2099-12-24T19:00");
    let typed =
        [("starts", "2099-12-24T20:00"), ("opens", ""), ("closes", "2099-12-24T18:00"), ("refundable", "")];
    let corrected = fill(&mut owner, &page, &format!("{path}/corrections"), &typed).await;
    assert!(corrected.says("Corrected."), "{}", corrected.html);
    let shown = cluster.client().get(&format!("/api/v1/performances/{}", sale.performance_id));
    let shown = shown.send().await.json(200);
    assert_eq!(
        (&shown["startsAt"], &shown["salesCloseAt"]),
        (&json!("2099-12-24T11:00:00Z"), &json!("2099-12-24T09:00:00Z"))
    );
    let late =
        [("starts", "2099-12-24T20:00"), ("opens", "2099-12-24T20:00"), ("closes", ""), ("refundable", "")];
    let refused = fill(&mut owner, &page, &format!("{path}/corrections"), &late).await;
    assert!(
        refused.status == 422 && refused.says("id=\"opens-wrong\"") && refused.says("open>"),
        "{}",
        refused.html
    );
    let section = page.field("section");
    let price = [("section", section.as_str()), ("price", "2,500")];
    let priced = fill(&mut owner, &page, &format!("{path}/price"), &price).await;
    assert!(priced.says("Corrected."), "{}", priced.html);
    let layout = format!("/api/v1/performances/{}/layout", sale.performance_id);
    assert_eq!(cluster.client().get(&layout).send().await.json(200)["sections"][0]["price"], 2_500);
    let refused =
        fill(&mut owner, &page, &format!("{path}/price"), &[("section", section.as_str()), ("price", "x")])
            .await;
    assert!(refused.status == 422 && refused.says("id=\"price-1-wrong\""), "{}", refused.html);
    let other =
        fill(&mut owner, &page, &format!("{path}/price"), &[("section", "Nowhere"), ("price", "5")]).await;
    assert_eq!(other.status, 404);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_performance_is_cancelled_once_its_title_was_typed() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let mut ada = cluster.user().await;
    ada.buy(&sale, &[7]).await;
    let path = format!("/console/performances/{}", sale.performance_id);
    let cancellation = format!("{path}/cancellation");
    let mut owner = owner(&cluster).await;
    let page = owner.open(&path).await;
    assert!(page.has_button("Cancel performance"));
    let refused =
        fill(&mut owner, &page, &cancellation, &[("reason", "Ill"), ("confirm", "winter gala")]).await;
    assert!(refused.status == 422 && refused.says("id=\"confirm-wrong\"") && refused.says("value=\"Ill\""));
    assert_eq!(operator.cancellation(&sale.performance_id).await["state"], "SCHEDULED");
    let typed = [("reason", "The singer is ill"), ("confirm", "Winter Gala")];
    let cancelled = fill(&mut owner, &page, &cancellation, &typed).await;
    assert!(cancelled.says("<progress") && cancelled.says("The singer is ill"), "{}", cancelled.html);
    assert!(!cancelled.has_button("Cancel performance") && !cancelled.has_button("Block seats"));
    let refunded = || {
        let (mut owner, path) = (owner.clone(), path.clone());
        async move {
            let page = owner.open(&path).await;
            page.says("1 of 1 payments refunded, 1,000 points").then_some(page)
        }
    };
    let done = eventually("everybody is refunded", refunded).await;
    assert!(!done.says("http-equiv=\"refresh\""), "it is over: {}", done.html);
    cluster.end().await;
}
