//! The support desk, and the keys that the owner makes.

use seatline_tests::{Cluster, Sale};
use serde_json::json;

use super::{fill, owner, with_key, with_role};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_finds_somebody_refunds_them_and_gives_them_points() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats_per_user(3).open(&cluster.operator()).await;
    let mut ada = cluster.user().await;
    ada.buy(&sale, &[7, 8, 9]).await;
    let mut desk = with_role(&cluster, "SUPPORT").await;
    let path = format!("/console/people/{}", ada.user_id);
    let found = desk.open(&format!("/console/people?id={}", ada.user_id)).await;
    assert_eq!((found.path.as_str(), found.status), (path.as_str(), 200));
    for text in ["Ada", "3,000 points", "Paid", "Charged"] {
        assert!(found.says(text), "{text}: {}", found.html);
    }
    for nobody in ["7", "01a1fd36-5354-7383-bbd3-aaf6f79a5417"] {
        let lost = desk.open(&format!("/console/people?id={nobody}")).await;
        assert!(lost.status == 404 && lost.says("There is nobody with this id."), "{}", lost.html);
    }
    let payment = found.field("payment");
    let refund = format!("{path}/refund");
    let unsaid = fill(&mut desk, &found, &refund, &[("payment", &payment), ("reason", " ")]).await;
    assert!(unsaid.status == 422 && unsaid.says("Fill this in."), "{}", unsaid.html);
    let typed = [("payment", &*payment), ("seats", "7"), ("reason", "Behind a pillar")];
    let one = fill(&mut desk, &found, &refund, &typed).await;
    assert!(one.says("Refunded. The points are back.") && one.says("Behind a pillar"), "{}", one.html);
    assert!(one.says("Partly refunded"));
    let rest = fill(&mut desk, &one, &refund, &[("payment", &payment), ("reason", "Ill")]).await;
    assert!(rest.says("Ill") && !rest.has_button("Refund"), "{}", rest.html);
    let balance = ada.balance().await;
    let points = format!("{path}/points");
    let credit = [("amount", "1,500.5"), ("reason", "Sorry"), ("do", "credit")];
    let credited = fill(&mut desk, &rest, &points, &credit).await;
    assert!(credited.says("The balance is changed."), "{}", credited.html);
    let debited = fill(
        &mut desk,
        &credited,
        &points,
        &[("amount", "1500.50"), ("reason", "Wrong person"), ("do", "debit")],
    )
    .await;
    assert!(debited.says("The balance is changed.") && debited.says("Taken back"), "{}", debited.html);
    assert_eq!(ada.balance().await, balance);
    for (amount, why) in [
        ("0", "must be a number above 0"),
        ("9999999", "There are not so many points."),
        ("x", "Enter a number"),
    ] {
        let refused =
            fill(&mut desk, &debited, &points, &[("amount", amount), ("reason", "r"), ("do", "debit")]).await;
        assert!(
            refused.status == 422 && refused.says(why) && refused.says(&format!("value=\"{amount}\"")),
            "{}",
            refused.html
        );
    }
    let stranger = cluster.user().await;
    let typed = [("payment", &*payment), ("reason", "r")];
    let of_another = format!("/console/people/{}/refund", stranger.user_id);
    assert_eq!(fill(&mut desk, &debited, &of_another, &typed).await.status, 404);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_makes_keys_which_are_shown_once() {
    let cluster = Cluster::start().await;
    let mut owner = owner(&cluster).await;
    let page = owner.open("/console/keys").await;
    let refused = fill(&mut owner, &page, "/console/keys", &[("name", ""), ("role", "gate")]).await;
    assert!(refused.status == 422 && refused.says("id=\"name-wrong\""), "{}", refused.html);
    assert_eq!(
        fill(&mut owner, &page, "/console/keys", &[("name", "x"), ("role", "owner")]).await.status,
        400
    );
    let made = fill(&mut owner, &page, "/console/keys", &[("name", "North gate"), ("role", "gate")]).await;
    let secret = made.html.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    assert!(secret.starts_with("slk_") && made.says("North gate"), "{}", made.html);
    assert!(!owner.open("/console/keys").await.says(&secret), "it is shown once");
    let mut gate = with_key(&cluster, "en", &secret).await;
    assert_eq!(gate.open("/console/gates").await.status, 200);
    let listed = cluster.operator().request("GET", "/api/v1/admin/keys").send().await.json(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&listed["items"][0]["name"], &listed["items"][0]["role"]),
        (&json!("North gate"), &json!("GATE"))
    );
    let page = owner.open("/console/keys").await;
    let revoke = page.values("action").into_iter().find(|path| path.ends_with("/revocation")).unwrap();
    assert!(owner.send(&revoke, &[]).await.says("There is none but the owner&#39;s."));
    cluster.end().await;
}
