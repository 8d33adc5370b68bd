use actix_web::HttpMessage;
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding, Header, Preference, Quality};

use crate::coding::{CODED_BYTES_MIN, Coding};
use crate::problem::{Code, Problem};

/// The content codings that a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AcceptedCodings {
    best: Option<Coding>,
    accepts_plain: bool,
}

impl AcceptedCodings {
    /// Reads `Accept-Encoding`. Without one, or with one that cannot be read, answers are not coded.
    ///
    /// # Errors
    /// 406 where neither a coding that there is nor none is accepted.
    pub(crate) fn of(request: &impl HttpMessage) -> Result<Self, Problem> {
        let plain = Self { best: None, accepts_plain: true };
        if !request.headers().contains_key(ACCEPT_ENCODING) {
            return Ok(plain);
        }
        let accepted = AcceptEncoding::parse(request).map_or(plain, |header| Self::among(&header));
        let is_possible = accepted.accepts_plain || accepted.best.is_some();
        if is_possible { Ok(accepted) } else { Err(Problem::new(Code::NotAcceptable)) }
    }

    /// How to code an answer of so many bytes.
    pub(crate) fn for_bytes(self, bytes: u64) -> Option<Coding> {
        let is_worth_it = bytes > CODED_BYTES_MIN || !self.accepts_plain;
        self.best.filter(|_| is_worth_it)
    }

    /// Whether an answer may be sent as it is.
    pub(crate) const fn accepts_plain(self) -> bool {
        self.accepts_plain
    }

    fn among(header: &AcceptEncoding) -> Self {
        let of = |name: &str| quality(header, |encoding| encoding.to_string().eq_ignore_ascii_case(name));
        let rest = header.0.iter().find(|one| one.item == Preference::Any).map(|one| one.quality);
        let plain = of("identity").or(rest.filter(|rest| *rest == Quality::ZERO));
        let quality = |coding: &Coding| of(coding.name()).or(rest).unwrap_or(Quality::ZERO);
        let least = plain.unwrap_or(Quality::ZERO);
        let liked = |coding: &Coding| quality(coding) > Quality::ZERO && quality(coding) >= least;
        // Of those that are liked as much, the first: that is the last maximum of the reversed list.
        let best = Coding::ALL.into_iter().filter(liked).rev().max_by_key(&quality);
        Self { best, accepts_plain: plain != Some(Quality::ZERO) }
    }
}

fn quality(header: &AcceptEncoding, is_it: impl Fn(&Encoding) -> bool) -> Option<Quality> {
    let is_item = |item: &Preference<Encoding>| match item {
        Preference::Specific(encoding) => is_it(encoding),
        Preference::Any => false,
    };
    header.0.iter().find(|one| is_item(&one.item)).map(|one| one.quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    /// What is chosen for a long answer and for a short one.
    fn chosen(headers: &[&str]) -> Option<[&'static str; 2]> {
        let request = headers
            .iter()
            .fold(TestRequest::default(), |request, value| request.append_header((ACCEPT_ENCODING, *value)));
        let accepted = AcceptedCodings::of(&request.to_http_request()).ok()?;
        Some([1 << 20, 9].map(|bytes| accepted.for_bytes(bytes).map_or("identity", Coding::name)))
    }

    #[test]
    fn the_coding_that_is_liked_best_is_chosen() {
        let long = |coding| Some([coding, "identity"]);
        for (headers, expected) in [
            (&[][..], long("identity")),
            (&[""], long("identity")),
            (&["gzip"], long("gzip")),
            (&["GZip"], long("gzip")),
            (&["br"], long("br")),
            (&["gzip, deflate, br, zstd"], long("gzip")),
            (&["gzip", "br;q=0.5"], long("gzip")),
            (&["br;q=0.8, gzip;q=0.9"], long("gzip")),
            (&["br;q=0, gzip"], long("gzip")),
            (&["br;q=0, gzip;q=0"], long("identity")),
            (&["deflate, zstd"], long("identity")),
            (&["identity"], long("identity")),
            (&["gzip;q=0.5, identity"], long("identity")),
            (&["gzip;q=0.5, identity;q=0.4"], long("gzip")),
            (&["*"], long("gzip")),
            (&["gzip;q=0, *;q=0.1"], long("br")),
            (&["br;q=0, *;q=0.1"], long("gzip")),
            (&["gzip, *;q=0"], Some(["gzip"; 2])),
            (&["gzip, identity;q=0"], Some(["gzip"; 2])),
            (&["identity;q=0, *"], Some(["gzip"; 2])),
            (&["identity;q=0.5, *;q=0"], long("identity")),
            (&["\u{e9}"], long("identity")),
            (&["identity;q=0"], None),
            (&["*;q=0"], None),
            (&["zstd, identity;q=0"], None),
        ] {
            assert_eq!(chosen(headers), expected, "{headers:?}");
        }
    }
}
