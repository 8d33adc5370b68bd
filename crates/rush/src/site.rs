use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::service::{Browser, Call, Kind, Service};

/// The pages of a service: what that of the line loads.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The paths of style sheets, scripts and images, and what they load.
    pub(crate) assets: Vec<String>,
}

impl Site {
    /// Reads what the page of a concert's line loads.
    ///
    /// # Errors
    /// There are no such pages.
    pub(crate) async fn find(service: &Service, concert: &str) -> Result<Self> {
        let mut found = assets_of_page(&read(service, &format!("/concerts/{concert}/line")).await?);
        ensure!(!found.is_empty(), "--pages: the page of the line loads nothing");
        let mut open: Vec<String> = found.iter().filter(|path| is_script(path)).cloned().collect();
        while let Some(path) = open.pop() {
            for imported in assets_of_script(&read(service, &path).await?) {
                if found.insert(imported.clone()) {
                    open.push(imported);
                }
            }
        }
        Ok(Self { assets: found.into_iter().collect() })
    }
}

/// The text of a page or a script, as it is before it is coded.
async fn read(service: &Service, path: &str) -> Result<String> {
    let answer = service.send_with_retries(&Call::page(Kind::Other, path, Browser::default())).await?;
    ensure!(answer.is_success(), "--pages: {path} answered {}", answer.status);
    String::from_utf8(answer.body).with_context(|| format!("--pages: {path} is no text"))
}

fn is_script(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "js")
}

fn assets_of_page(html: &str) -> BTreeSet<String> {
    let values = html.split(['"', '\'']).filter(|value| value.starts_with("/assets/"));
    values.map(str::to_owned).collect()
}

fn assets_of_script(script: &str) -> impl Iterator<Item = String> {
    let imported = script.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next());
    imported.map(|name| format!("/assets/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_loads_is_found() {
        let html = r#"<link rel="stylesheet" href="/assets/a.1.css"><script src="/assets/b.2.js"></script><a href="/x">"#;
        assert_eq!(assets_of_page(html), BTreeSet::from(["/assets/a.1.css".into(), "/assets/b.2.js".into()]));
        let script = "import { a } from \"./c.3.js\";\nconst x = 1;";
        assert_eq!(assets_of_script(script).collect::<Vec<_>>(), ["/assets/c.3.js"]);
    }
}
