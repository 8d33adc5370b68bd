//! Other systems that are told of events, as the owner sees them.

use seatline_tests::{Browser, Cluster, ClusterOptions, Page, Receiver, Sale, eventually};

use super::{fill, id_of, owner};

const PATH: &str = "/console/webhooks";

async fn cluster() -> Cluster {
    Cluster::start_with(ClusterOptions { webhook_networks: "127.0.0.0/8", ..ClusterOptions::default() }).await
}

/// Makes a webhook by the form. Gives the page that shows its secret.
async fn make(owner: &mut Browser, url: &str, events: &[&str]) -> Page {
    let form = owner.open(PATH).await;
    let chosen = events.iter().map(|event| ("event", *event));
    let typed: Vec<_> = [("url", url)].into_iter().chain(chosen).collect();
    fill(owner, &form, PATH, &typed).await
}

/// Opens a webhook until it has a delivery in this state.
async fn delivered(owner: &Browser, path: &str, state: &str) -> Page {
    eventually(state, || async {
        let page = owner.clone().open(path).await;
        page.says(&format!("<td>{state}")).then_some(page)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_made_told_and_told_again() {
    let cluster = cluster().await;
    let receiver = Receiver::start().await;
    let mut owner = owner(&cluster).await;
    let home = owner.open("/console").await;
    assert!(home.values("href").contains(&PATH.to_owned()));
    assert!(owner.open(PATH).await.says("Nobody is told of anything."));
    let made = make(&mut owner, &receiver.url(), &["reservation.held"]).await;
    assert!(made.status == 200 && made.says("whsec_"), "{}", made.html);
    assert!(!owner.open(PATH).await.says("whsec_"), "it is shown once");
    let path = made.values("href").into_iter().find(|link| link.starts_with("/console/webhooks/")).unwrap();
    assert!(owner.open(&path).await.says("Nothing was delivered lately."));

    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.hold(&sale, &[7]).await;
    let page = delivered(&owner, &path, "Delivered").await;
    assert!(page.says("reservation.held") && page.says("answered 204"), "{}", page.html);
    let delivery = page.html.split("name=\"delivery\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let replay = format!("{path}/replay");
    let replayed = fill(&mut owner, &page, &replay, &[("delivery", delivery)]).await;
    assert!(replayed.says("It is delivered once more."), "{}", replayed.html);
    fill(&mut owner, &page, &replay, &[("delivery", delivery)]).await;
    eventually("it came twice", || async { (receiver.taken().len() == 2).then_some(()) }).await;
    let nothing = fill(&mut owner, &page, &replay, &[("delivery", "7")]).await;
    assert_eq!(nothing.status, 404);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_changed_disabled_and_deleted() {
    let cluster = cluster().await;
    let (operator, mut owner) = (cluster.operator(), owner(&cluster).await);
    let made = make(&mut owner, "http://127.0.0.1:9/hook", &["payment.completed"]).await;
    let path = made.values("href").into_iter().find(|link| link.starts_with("/console/webhooks/")).unwrap();
    let id = id_of(&owner.open(&path).await);
    let api = format!("/api/v1/admin/webhooks/{id}");
    let mut page = owner.open(&path).await;
    let typed =
        [("url", "http://127.0.0.1:9/other"), ("event", "charge.completed"), ("event", "ticket.checked_in")];
    page = fill(&mut owner, &page, &format!("{path}/change"), &typed).await;
    assert!(page.says("Changed.") && page.says("http://127.0.0.1:9/other"), "{}", page.html);
    let shown = operator.request("GET", &api).send().await.json(200);
    assert_eq!(shown["events"], serde_json::json!(["charge.completed", "ticket.checked_in"]));
    for (button, says, enabled) in [("disable", "Disabled", false), ("enable", "Enabled", true)] {
        page = fill(&mut owner, &page, &format!("{path}/switch"), &[("do", button)]).await;
        assert!(page.says(&format!(">{says}<")), "{}", page.html);
        assert_eq!(operator.request("GET", &api).send().await.json(200)["enabled"], enabled);
    }
    let first = made.html.split("<code>whsec_").nth(1).unwrap().split('<').next().unwrap();
    page = fill(&mut owner, &page, &format!("{path}/secret"), &[]).await;
    assert!(page.says("whsec_") && !page.says(first), "{}", page.html);
    for (typed, says) in [
        (vec![("url", "ftp://x"), ("event", "charge.completed")], "begins with http://"),
        (vec![("url", "http://u:p@127.0.0.1/"), ("event", "charge.completed")], "without a user name"),
        (vec![("url", "http://10.0.0.1/"), ("event", "charge.completed")], "own network are not allowed"),
        (vec![("url", "http://127.0.0.1:9/")], "Choose at least one."),
        (vec![("url", "http://127.0.0.1:9/"), ("event", "nonsense")], "Choose at least one."),
    ] {
        for at in [PATH.to_owned(), format!("{path}/change")] {
            let refused = fill(&mut owner, &page, &at, &typed).await;
            assert!(refused.status == 422 && refused.says(says), "{at}: {typed:?}: {}", refused.html);
        }
    }
    let gone = owner.send(&format!("{path}/deletion"), &[]).await;
    assert!(gone.says("Deleted.") && gone.says("Nobody is told of anything."), "{}", gone.html);
    assert_eq!(owner.open(&path).await.status, 404);
    let nobody = "/console/webhooks/01a1fd36-5354-7383-bbd3-aaf6f79a5417";
    assert_eq!(owner.open(nobody).await.status, 404);
    assert_eq!(fill(&mut owner, &gone, &format!("{nobody}/secret"), &[]).await.status, 404);
    cluster.end().await;
}
