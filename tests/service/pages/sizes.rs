//! How many bytes a page is, with all that it loads, as sent.

use std::collections::BTreeSet;
use std::path::Path;

use seatline_tests::{Browser, Cluster, Page, Sale};

use super::journey::enter;

/// What a page loads, and what that loads.
async fn loaded(browser: &mut Browser, page: &Page) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = page.values("src").into_iter().collect();
    found.extend(page.values("href").into_iter().filter(|path| path.starts_with("/assets/")));
    let mut plain = browser.clone();
    plain.headers.retain(|(name, _)| name != "accept-encoding");
    let mut open: Vec<String> = found.iter().filter(|path| is_a(path, "js")).cloned().collect();
    while let Some(path) = open.pop() {
        for rest in plain.open(&path).await.html.split("from \"./").skip(1) {
            let imported = format!("/assets/{}", rest.split('"').next().unwrap());
            if found.insert(imported.clone()) {
                open.push(imported);
            }
        }
    }
    found
}

async fn bytes(browser: &mut Browser, path: &str) -> usize {
    let page = browser.open(path).await;
    let mut paths = loaded(browser, &page).await;
    paths.insert(path.to_owned());
    let mut coded = browser.clone();
    coded.headers.push(("accept-encoding".to_owned(), "gzip, br".to_owned()));
    let mut sum = 0;
    for path in paths {
        let answer = coded.open(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        let length: usize = answer.header("content-length").parse().unwrap();
        sum += length;
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_small_with_all_that_they_load() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(2_000).open(&cluster.operator()).await;
    let mut ada = cluster.browser("ko");
    enter(&mut ada, &sale, "줄 서기").await;
    let line = bytes(&mut ada, &format!("/concerts/{}/line", sale.concert_id)).await;
    assert!(line <= 60_000, "the waiting room takes {line} bytes");
    for path in [
        "/".to_owned(),
        "/account".to_owned(),
        "/tickets".to_owned(),
        format!("/concerts/{}", sale.concert_id),
        format!("/concerts/{}/line/mine", sale.concert_id),
        format!("/performances/{}", sale.performance_id),
    ] {
        let bytes = bytes(&mut ada, &path).await;
        assert!(bytes <= 120_000, "{path} takes {bytes} bytes");
        println!("{path}: {bytes} bytes");
    }
    println!("waiting room: {line} bytes");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_blocks_the_first_rendering_but_one_style_sheet() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    let seats = enter(&mut ada, &sale, "Get in line").await;
    let line = ada.open(&format!("/concerts/{}/line", sale.concert_id)).await;
    for page in [seats, line, ada.open("/").await] {
        assert_eq!(page.html.matches("rel=\"stylesheet\"").count(), 1);
        assert_eq!(
            page.html.matches("<script").count(),
            page.html.matches("<script type=\"module\"").count()
        );
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_are_kept_for_ever_under_names_of_their_content() {
    let cluster = Cluster::start().await;
    let mut ada = cluster.browser("en");
    let page = ada.open("/").await;
    let style = page.values("href").into_iter().find(|path| is_a(path, "css")).unwrap();
    for (accepted, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "")] {
        let mut browser = ada.clone();
        browser.headers.push(("accept-encoding".to_owned(), accepted.to_owned()));
        let answer = browser.open(&style).await;
        assert_eq!(answer.header("content-encoding"), coding);
        assert!(answer.header("cache-control").contains("immutable"));
        assert!(answer.header("vary").contains("Accept-Encoding"));
        assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    }
    cluster.end().await;
}

fn is_a(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}
