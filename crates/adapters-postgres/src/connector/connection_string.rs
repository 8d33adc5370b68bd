use std::iter::Peekable;
use std::str::Chars;

use percent_encoding::percent_decode_str;

/// A connection string, split into what it says of TLS and the rest. `tokio_postgres` knows only some values of `sslmode`
/// and nothing of `sslrootcert`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConnectionString {
    pub(super) rest: String,
    pub(super) sslmode: Option<String>,
    pub(super) sslrootcert: Option<String>,
}

impl ConnectionString {
    /// Takes out the options of TLS. The last one counts, as everywhere in a connection string. What cannot be read
    /// stays in the rest, for `tokio_postgres` to refuse.
    pub(super) fn split(text: &str) -> Self {
        let mut split = Self { rest: text.to_owned(), sslmode: None, sslrootcert: None };
        if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            split.take_url(text);
        } else if let Some(pairs) = key_values(text) {
            split.rest = split.keep(pairs).join(" ");
        }
        split
    }

    fn take_url(&mut self, text: &str) {
        // A password may have a question mark in it.
        let (credentials, address) = match text.split_once('@') {
            Some((credentials, address)) => (format!("{credentials}@"), address),
            None => (String::new(), text),
        };
        let Some((address, query)) = address.split_once('?') else { return };
        let pairs = query.split('&').map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(value), pair.to_owned())
        });
        let kept = self.keep(pairs).join("&");
        self.rest =
            [credentials.as_str(), address, if kept.is_empty() { "" } else { "?" }, kept.as_str()].concat();
    }

    /// Takes the options of TLS, and gives the others as they are written.
    fn keep(&mut self, pairs: impl IntoIterator<Item = (String, String, String)>) -> Vec<String> {
        let mut kept = Vec::new();
        for (key, value, written) in pairs {
            match key.as_str() {
                "sslmode" => self.sslmode = Some(value),
                "sslrootcert" => self.sslrootcert = Some(value),
                _ => kept.push(written),
            }
        }
        kept
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The pairs of `key = value`, with each as it is written. `None` when it is no such list.
fn key_values(text: &str) -> Option<Vec<(String, String, String)>> {
    let (mut pairs, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let mut characters = after.chars().peekable();
        let value = value(&mut characters)?;
        let next: String = characters.collect();
        let written = rest.strip_suffix(next.as_str())?;
        pairs.push((key.trim().to_owned(), value, written.to_owned()));
        rest = rest.get(written.len()..)?.trim_start();
    }
    Some(pairs)
}

/// One value: up to a space, or between quotes. A backslash makes the next character an ordinary one.
fn value(characters: &mut Peekable<Chars<'_>>) -> Option<String> {
    let quoted = characters.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match characters.peek() {
            None => return (!quoted).then_some(value),
            Some(character) if !quoted && character.is_whitespace() => return Some(value),
            Some(_) => {}
        }
        match characters.next()? {
            '\'' if quoted => return Some(value),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (String, String, String) {
        let ConnectionString { rest, sslmode, sslrootcert } = ConnectionString::split(text);
        (rest, sslmode.unwrap_or_default(), sslrootcert.unwrap_or_default())
    }

    #[test]
    fn what_is_said_of_tls_is_taken_out_of_every_form() {
        for (text, rest, mode, certificate) in [
            ("postgres://a:b@h:1/d", "postgres://a:b@h:1/d", "", ""),
            ("postgres://a@h/d?sslmode=require", "postgres://a@h/d", "require", ""),
            (
                "postgresql://a:p?ss@h/d?connect_timeout=3&sslmode=verify-full&sslrootcert=%2Fa%20b%2Fca.pem&options=-c%20x%3D1",
                "postgresql://a:p?ss@h/d?connect_timeout=3&options=-c%20x%3D1",
                "verify-full",
                "/a b/ca.pem",
            ),
            ("postgres://h?sslmode=require&sslmode=disable", "postgres://h", "disable", ""),
            ("postgresql:///d?host=%2Frun&ssl%6dode=prefer", "postgresql:///d?host=%2Frun", "prefer", ""),
            ("host=h dbname=d", "host=h dbname=d", "", ""),
            (
                r"host=h  sslmode = verify-ca password='a \'sslmode=x\' b' sslrootcert='/a b/c.pem'",
                r"host=h password='a \'sslmode=x\' b'",
                "verify-ca",
                "/a b/c.pem",
            ),
            (r"user=a\ b sslrootcert=/a\ b.pem", r"user=a\ b", "", "/a b.pem"),
            ("", "", "", ""),
        ] {
            let expected = (rest.to_owned(), mode.to_owned(), certificate.to_owned());
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_to_be_refused() {
        for text in ["host=h sslmode", "sslmode='verify-full", r"sslmode=verify-full\", "nonsense"] {
            assert_eq!(split(text).0, text);
            assert!(text.parse::<tokio_postgres::Config>().is_err(), "{text}");
        }
    }
}
