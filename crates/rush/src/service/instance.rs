use anyhow::{Context, ensure};
use reqwest::Url;

/// The path of the API.
pub(super) const API: &str = "/api/v1";

/// The URL of an instance's API, without a slash at its end.
///
/// # Errors
/// * Anything but `http` or `https`; a user, a password or a query in the URL.
pub(super) fn api_url(url: &str) -> anyhow::Result<Url> {
    let text = url.trim();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    ensure!(
        scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https")),
        "--url {text} must begin with http:// or https://"
    );
    let mut url: Url = text.parse().with_context(|| format!("--url {text} is not a URL"))?;
    let anonymous = url.username().is_empty() && url.password().is_none();
    ensure!(anonymous, "--url must not carry a user or a password");
    ensure!(url.query().is_none(), "--url must not carry a query");
    url.set_fragment(None);
    let path = [url.path().trim_end_matches('/'), API].concat();
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_found_below_the_url() {
        for (url, api) in [
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/api/v1"),
            (" http://[::1]:81", "http://[::1]:81/api/v1"),
            ("https://host/seats/", "https://host/seats/api/v1"),
        ] {
            assert_eq!(api_url(url).unwrap().as_str(), api);
        }
    }

    #[test]
    fn other_urls_are_refused() {
        for bad in ["", "localhost:8080", "ftp://host", "http://", "http://a:b@host", "http://host/?q"] {
            assert!(api_url(bad).is_err(), "{bad}");
        }
    }
}
