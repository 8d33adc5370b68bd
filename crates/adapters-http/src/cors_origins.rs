use std::str::FromStr;

use thiserror::Error;
use url::Url;

/// Origins of other sites' pages, as browsers write them: `https://tickets.example` or `http://localhost:3000`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsOrigins(Vec<String>);

/// Error of reading a list of origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CorsOriginsError {
    /// It would let every page in.
    #[error("origins are named one by one, without `*`: any site's page could act for your users otherwise")]
    Wildcard,
    /// It is not what a browser calls an origin.
    #[error(
        "not a comma-separated list of origins: each is `http://` or `https://`, a host, and a port if it is not the \
         usual one, with no path and no `/` at the end"
    )]
    NotAnOrigin,
}

impl CorsOrigins {
    /// Whether there are none: no other site's page may read anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for CorsOrigins {
    type Err = CorsOriginsError;

    fn from_str(text: &str) -> Result<Self, CorsOriginsError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        if text.contains('*') {
            return Err(CorsOriginsError::Wildcard);
        }
        let origins = text.split(',').map(|origin| normal_origin(origin.trim()));
        origins.collect::<Option<_>>().map(Self).ok_or(CorsOriginsError::NotAnOrigin)
    }
}

/// The origin as browsers send it: in lower case and without the scheme's own port.
fn normal_origin(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let url = Url::parse(&text).ok()?;
    let origin = url.origin().ascii_serialization();
    let usual_port = match url.scheme() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    // Whatever else stands in the text is no part of an origin.
    let is_origin = text == origin || text == format!("{origin}:{usual_port}");
    (is_origin && url.port() != Some(0)).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        assert_eq!(" ".parse(), Ok(CorsOrigins::default()));
        let origins: CorsOrigins =
            "https://tickets.example, HTTP://Localhost:3000 ,https://a.example:443,http://[::1]:80,http://10.0.0.1:443"
                .parse()
                .unwrap();
        assert_eq!(
            origins.iter().collect::<Vec<_>>(),
            [
                "https://tickets.example",
                "http://localhost:3000",
                "https://a.example",
                "http://[::1]",
                "http://10.0.0.1:443"
            ]
        );
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wildcard in ["*", "https://*.example", "https://a.example,*"] {
            assert_eq!(wildcard.parse::<CorsOrigins>(), Err(CorsOriginsError::Wildcard), "{wildcard}");
        }
        for bad in [
            "null",
            "tickets.example",
            "//tickets.example",
            "ftp://tickets.example",
            "https://",
            "https://:443",
            "https://tickets.example/",
            "https://tickets.example/page",
            "https://tickets.example?x",
            "https://tickets.example#x",
            "https://user@tickets.example",
            "https://tickets.example:",
            "https://tickets.example:0",
            "https://tickets.example:99999",
            "https://tickets.example:x",
            "https://tickets.example,",
            "https://tickets example",
            "https://bücher.example",
        ] {
            assert_eq!(bad.parse::<CorsOrigins>(), Err(CorsOriginsError::NotAnOrigin), "{bad}");
        }
    }
}
