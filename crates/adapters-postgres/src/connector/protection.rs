use std::fmt::Display;
use std::path::PathBuf;

use diesel::ConnectionError;

/// The protection of a connection, in the words of PostgreSQL's `sslmode` and `sslrootcert`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// `disable`: not at all.
    None,
    /// `prefer`, and nothing said: against listeners, where the server offers it.
    IfOffered,
    /// `require`: against listeners, but not against somebody who answers in the server's place.
    Encrypted,
    /// `verify-ca`, `verify-full`: the server's certificate must be signed by somebody trusted.
    Verified {
        /// The authorities whose signature counts.
        roots: RootCertificates,
        /// It must be for the host that the connection is for (`verify-full`).
        name: bool,
    },
}

/// The certificate authorities that are trusted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RootCertificates {
    /// Those that the operating system trusts.
    System,
    /// Those whose certificates are in a file.
    File(PathBuf),
}

impl Protection {
    /// Reads what the two options ask for together.
    pub(super) fn parse(sslmode: Option<&str>, sslrootcert: Option<&str>) -> Result<Self, ConnectionError> {
        let file = sslrootcert.filter(|path| !path.is_empty() && *path != "system");
        let roots = file.map(|path| RootCertificates::File(path.into()));
        match (sslmode.unwrap_or("prefer"), roots) {
            ("disable", _) => Ok(Self::None),
            ("allow" | "prefer", _) => Ok(Self::IfOffered),
            // As in PostgreSQL's own clients: a root that is named is meant.
            ("require" | "verify-ca", Some(roots)) => Ok(Self::Verified { roots, name: false }),
            ("require", None) => Ok(Self::Encrypted),
            // Anybody can get a certificate from an authority that the system trusts.
            ("verify-ca", None) => {
                Err(invalid("sslmode=verify-ca needs sslrootcert, the file of the authority's certificate"))
            }
            ("verify-full", roots) => {
                Ok(Self::Verified { roots: roots.unwrap_or(RootCertificates::System), name: true })
            }
            _ => Err(invalid("sslmode is none of disable, prefer, require, verify-ca and verify-full")),
        }
    }
}

/// The error for a connection string that is refused.
pub(super) fn invalid(reason: impl Display) -> ConnectionError {
    ConnectionError::InvalidConnectionUrl(format!("its URL is refused: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_mean_what_they_mean_elsewhere() {
        let file = || RootCertificates::File("/ca.pem".into());
        for (sslmode, sslrootcert, protection) in [
            (None, None, Protection::IfOffered),
            (Some("disable"), Some("/ca.pem"), Protection::None),
            (Some("prefer"), None, Protection::IfOffered),
            (Some("require"), None, Protection::Encrypted),
            (Some("require"), Some("/ca.pem"), Protection::Verified { roots: file(), name: false }),
            (Some("verify-ca"), Some("/ca.pem"), Protection::Verified { roots: file(), name: false }),
            (Some("verify-full"), Some("/ca.pem"), Protection::Verified { roots: file(), name: true }),
            (Some("verify-full"), None, Protection::Verified { roots: RootCertificates::System, name: true }),
            (
                Some("verify-full"),
                Some("system"),
                Protection::Verified { roots: RootCertificates::System, name: true },
            ),
        ] {
            assert_eq!(Protection::parse(sslmode, sslrootcert).unwrap(), protection, "{sslmode:?}");
        }
        for (sslmode, sslrootcert) in [
            ("verify-ca", None),
            ("verify-ca", Some("system")),
            ("verify_full", None),
            ("VERIFY-FULL", None),
            ("", None),
            ("on", None),
        ] {
            assert!(Protection::parse(Some(sslmode), sslrootcert).is_err(), "{sslmode}");
        }
    }
}
