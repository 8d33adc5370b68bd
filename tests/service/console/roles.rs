//! What a key does not open is not shown, and refused.

use seatline_tests::{Browser, Cluster, Sale};

use super::with_role;

const NOBODY: &str = "01a1fd36-5354-7383-bbd3-aaf6f79a5417";

/// Every path of the console: how it is asked for, and which roles it serves beside the owner.
fn paths(sale: &Sale) -> Vec<(&'static str, String, &'static [&'static str])> {
    const OPERATORS: &[&str] = &["OPERATOR"];
    const SUPPORT: &[&str] = &["OPERATOR", "SUPPORT"];
    const GATES: &[&str] = &["OPERATOR", "GATE"];
    let concert = |rest: &str| format!("/console/concerts/{}{rest}", sale.concert_id);
    let performance = |rest: &str| format!("/console/performances/{}{rest}", sale.performance_id);
    let person = |rest: &str| format!("/console/people/{NOBODY}{rest}");
    vec![
        ("GET", "/console/new-concert".to_owned(), OPERATORS),
        ("POST", "/console/new-concert".to_owned(), OPERATORS),
        ("GET", "/console/keys".to_owned(), &[]),
        ("POST", "/console/keys".to_owned(), &[]),
        ("POST", format!("/console/keys/{NOBODY}/revocation"), &[]),
        ("GET", "/console/webhooks".to_owned(), &[]),
        ("POST", "/console/webhooks".to_owned(), &[]),
        ("GET", format!("/console/webhooks/{NOBODY}"), &[]),
        ("POST", format!("/console/webhooks/{NOBODY}/change"), &[]),
        ("POST", format!("/console/webhooks/{NOBODY}/switch"), &[]),
        ("POST", format!("/console/webhooks/{NOBODY}/secret"), &[]),
        ("POST", format!("/console/webhooks/{NOBODY}/replay"), &[]),
        ("POST", format!("/console/webhooks/{NOBODY}/deletion"), &[]),
        ("GET", "/console/gates".to_owned(), GATES),
        ("GET", "/console/people".to_owned(), SUPPORT),
        ("GET", person(""), SUPPORT),
        ("POST", person("/refund"), SUPPORT),
        ("POST", person("/points"), SUPPORT),
        ("GET", concert(""), OPERATORS),
        ("GET", concert("/figures"), OPERATORS),
        ("GET", concert("/forecast"), OPERATORS),
        ("GET", concert("/audit"), OPERATORS),
        ("POST", concert("/queue"), OPERATORS),
        ("POST", concert("/pause"), OPERATORS),
        ("POST", concert("/opening"), OPERATORS),
        ("POST", concert("/corrections"), OPERATORS),
        ("GET", concert("/new-performance"), OPERATORS),
        ("POST", concert("/new-performance"), OPERATORS),
        ("POST", "/console/halls".to_owned(), OPERATORS),
        ("GET", performance(""), OPERATORS),
        ("GET", performance("/map"), OPERATORS),
        ("POST", performance("/seats"), OPERATORS),
        ("POST", performance("/corrections"), OPERATORS),
        ("POST", performance("/price"), OPERATORS),
        ("POST", performance("/cancellation"), OPERATORS),
        ("GET", performance("/gate"), GATES),
        ("POST", performance("/gate"), GATES),
        ("POST", performance("/gate/check-in"), GATES),
        ("GET", performance("/gate/list"), GATES),
    ]
}

async fn status(browser: &mut Browser, method: &str, path: &str) -> u16 {
    match method {
        "GET" => browser.peek(path).await.status,
        _ => browser.post(path, &[]).await.status,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_serves_the_roles_that_it_is_for_and_nobody_else() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut outside = cluster.browser("en");
    for (method, path, _) in paths(&sale) {
        assert_eq!(status(&mut outside, method, &path).await, 401, "{method} {path}");
    }
    for role in ["OPERATOR", "SUPPORT", "GATE"] {
        let mut browser = with_role(&cluster, role).await;
        for (method, path, serves) in paths(&sale) {
            let status = status(&mut browser, method, &path).await;
            assert_eq!(status != 403, serves.contains(&role), "{role}: {method} {path} is {status}");
        }
    }
    let state = cluster.operator().sales(&sale.concert_id).await;
    assert_eq!(
        (&state["queue"]["state"], &state["performances"][0]["state"]),
        (&"OPEN".into(), &"SCHEDULED".into())
    );
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_key_does_not_open_is_not_shown() {
    let cluster = Cluster::start().await;
    Sale::open(&cluster.operator()).await;
    for (role, at, shown, hidden) in [
        (
            "OPERATOR",
            "/console",
            vec!["/console/people", "/console/gates", "/console/new-concert"],
            vec!["/console/keys"],
        ),
        (
            "SUPPORT",
            "/console/people",
            vec!["/console/people"],
            vec!["/console/gates", "/console/keys", "/console/new-concert"],
        ),
        (
            "GATE",
            "/console/gates",
            vec!["/console/gates"],
            vec!["/console/people", "/console/keys", "/console/new-concert"],
        ),
    ] {
        let home = with_role(&cluster, role).await.open("/console").await;
        assert_eq!((home.status, home.path.as_str()), (200, at), "{role}");
        let links = home.values("href");
        for path in shown {
            assert!(links.iter().any(|link| link == path), "{role}: {path}");
        }
        for path in hidden {
            assert!(!links.iter().any(|link| link == path), "{role}: {path}");
        }
    }
    cluster.end().await;
}
