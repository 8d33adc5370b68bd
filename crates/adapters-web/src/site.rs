use std::sync::Arc;

use seatline_application::Seatline;
use seatline_application::operator_keys::Owner;
use seatline_domain::queue::RoomSettings;
use thiserror::Error;
use url::{Position, Url};

use crate::event_streams::EventStreams;
use crate::limits::Limits;
use crate::line_pages::LinePages;
use crate::session::Cookies;

/// The address under which people reach the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// It is no address of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the address of a site, such as https://tickets.example, without a path")]
pub struct PublicUrlError;

impl PublicUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`PublicUrlError`] when it is not `http` or `https`, or when it says more than a scheme, a host and a port.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let url = Url::parse(text).map_err(|_| PublicUrlError)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && bare && nobody {
            Ok(Self(url))
        } else {
            Err(PublicUrlError)
        }
    }

    fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.0[..Position::BeforePath]
    }
}

/// What the operators' console must know.
pub struct ConsoleSettings {
    /// The owner, as their key proves it.
    pub owner: Owner,
    /// Whether somebody has shown the owner's key.
    pub is_owners_key: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// The settings of a new waiting room, unless its operator says otherwise.
    pub new_rooms: RoomSettings,
}

/// All pages, on one set of use cases.
pub struct Site {
    pub(crate) seatline: Arc<Seatline>,
    pub(crate) limits: Box<dyn Limits>,
    pub(crate) streams: Box<dyn EventStreams>,
    pub(crate) cookies: Cookies,
    pub(crate) public_origin: String,
    pub(crate) lines: LinePages,
    pub(crate) console: ConsoleSettings,
}

impl Site {
    /// A site that people reach under this address.
    pub fn new(
        seatline: Arc<Seatline>,
        limits: Box<dyn Limits>,
        streams: Box<dyn EventStreams>,
        public_url: &PublicUrl,
        console: ConsoleSettings,
    ) -> Arc<Self> {
        Arc::new(Self {
            seatline,
            limits,
            streams,
            cookies: Cookies { secure: public_url.is_https() },
            public_origin: public_url.origin().to_owned(),
            lines: LinePages::default(),
            console,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_scheme_a_host_and_a_port() {
        for good in ["https://tickets.example", "http://127.0.0.1:8080", "https://tickets.example:8443/"] {
            let url = PublicUrl::parse(good).unwrap();
            assert_eq!(url.origin(), good.trim_end_matches('/'));
            assert_eq!(url.is_https(), good.starts_with("https"));
        }
        for bad in
            ["tickets.example", "ftp://a", "https://a/b", "https://a/?b", "https://u:p@a", "https://a/#b", ""]
        {
            assert_eq!(PublicUrl::parse(bad), Err(PublicUrlError), "{bad}");
        }
    }
}
