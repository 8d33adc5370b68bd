//! What pages tell a browser.

use seatline_tests::{Cluster, ClusterOptions, Sale};

use super::journey::enter;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_let_nothing_in_from_elsewhere() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    let seats = enter(&mut ada, &sale, "Get in line").await;
    let pages = [
        seats,
        ada.open("/").await,
        ada.open("/tickets").await,
        ada.open("/account").await,
        ada.open(&format!("/concerts/{}", sale.concert_id)).await,
        ada.open(&format!("/concerts/{}/line", sale.concert_id)).await,
        ada.open("/nowhere").await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{rule} on {}: {policy}", page.path);
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert!(!page.header("x-request-id").is_empty());
        for inline in ["<style", " style=", " onclick=", " onload=", "<script>", "javascript:"] {
            assert!(!page.says(inline), "{inline} on {}", page.path);
        }
        for link in [page.values("src"), page.values("href"), page.values("action")].concat() {
            let here = link.starts_with('/') && !link.starts_with("//") || link.starts_with(['#', '?']);
            assert!(here, "{link} on {}", page.path);
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browsers_session_is_a_cookie_that_scripts_cannot_read() {
    for (public_url, prefix, secure) in [
        (None, "seatline-account=slt_", false),
        (Some("https://tickets.example"), "__Host-seatline-account=slt_", true),
    ] {
        let mut cluster = Cluster::start().await;
        let instance = cluster.add(ClusterOptions { public_url, ..ClusterOptions::default() }).await;
        let mut ada = seatline_tests::Browser::new(cluster.address(instance), "en");
        let answer = ada.post("/account", &[("key", "a-key-that-nobody-else-has")]).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with(prefix), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_knows_no_cookies() {
    let cluster = Cluster::start().await;
    let mut ada = cluster.browser("en");
    ada.send("/account", &[("key", "a-key-that-nobody-else-has")]).await;
    assert!(ada.open("/account").await.says("Balance"));
    let answer = ada.peek("/api/v1/points").await;
    assert_eq!((answer.status, answer.header("content-type")), (401, "application/problem+json"));
    cluster.end().await;
}
