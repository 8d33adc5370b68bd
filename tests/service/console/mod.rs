//! The operators' console, as a browser without scripts sees it, and what its scripts ask for.

mod forms;
mod gate;
mod hall;
mod people;
mod roles;
mod sale;
mod sign_in;
mod webhooks;

use seatline_tests::{ADMIN_KEY, Browser, Cluster, Page};

/// A browser that is signed in with a key.
async fn with_key(cluster: &Cluster, language: &str, key: &str) -> Browser {
    let mut browser = cluster.browser(language);
    let page = browser.send("/console/session", &[("key", key), ("next", "/console")]).await;
    assert_eq!(page.status, 200, "{}", page.html);
    browser
}

/// The owner's browser.
async fn owner(cluster: &Cluster) -> Browser {
    with_key(cluster, "en", ADMIN_KEY).await
}

/// A browser of somebody whose key has this role.
async fn with_role(cluster: &Cluster, role: &str) -> Browser {
    let made = cluster.operator().create_key(role, role).await;
    with_key(cluster, "en", made["key"].as_str().unwrap()).await
}

/// Sends a form of a page: its key, and what was typed.
async fn fill(browser: &mut Browser, page: &Page, path: &str, typed: &[(&str, &str)]) -> Page {
    let key = page.field("key");
    let fields: Vec<_> = [("key", key.as_str())].into_iter().chain(typed.iter().copied()).collect();
    browser.send(path, &fields).await
}

/// The id at the end of a page's path.
fn id_of(page: &Page) -> String {
    page.path.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}
