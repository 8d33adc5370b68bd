use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use hyper::Uri;
use hyper::header::HeaderValue;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// Where Seatline is.
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What stands before `/api/v1` in paths.
    pub(crate) prefix: String,
    /// The `Host` header.
    pub(crate) authority: HeaderValue,
    pub(crate) tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Address {
    /// Reads a URL.
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        let url = url.trim().trim_end_matches('/');
        let uri: Uri = url.parse().with_context(|| format!("--url {url} is not a URL"))?;
        let authority = uri.authority().with_context(|| format!("--url {url} names no host"))?;
        ensure!(!authority.as_str().contains('@'), "--url must not carry a user or a password");
        ensure!(uri.query().is_none(), "--url must not carry a query");
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        ensure!(!host.is_empty(), "--url {url} names no host");
        let (tls, port) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => (Some((connector()?, ServerName::try_from(host.clone())?)), 443),
            _ => bail!("--url {url} must begin with http:// or https://"),
        };
        Ok(Self {
            host,
            port: authority.port_u16().unwrap_or(port),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            authority: HeaderValue::from_str(authority.as_str())?,
            tls,
        })
    }
}

/// TLS with the certificates that this machine trusts.
fn connector() -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(!roots.is_empty(), "this machine trusts no certificates, so that https cannot be used");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let parts = |url: &str| {
            let address = Address::parse(url).unwrap();
            (address.host, address.port, address.prefix, address.authority.to_str().unwrap().to_owned())
        };
        let own = |host: &str, port, prefix: &str, authority: &str| {
            (host.to_owned(), port, prefix.to_owned(), authority.to_owned())
        };
        assert_eq!(parts("http://127.0.0.1:8080/"), own("127.0.0.1", 8080, "", "127.0.0.1:8080"));
        assert_eq!(parts("http://[::1]:81"), own("::1", 81, "", "[::1]:81"));
        assert_eq!(parts("http://host/seats/"), own("host", 80, "/seats", "host"));
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for bad in ["", "localhost:8080", "ftp://host", "http://", "http://a:b@host", "http://host/?q"] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
