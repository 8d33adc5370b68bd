//! Styles and scripts, embedded under names with their content's hash.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap};

use crate::coding::{Coding, accepted};

/// A file that pages load.
pub(crate) struct Asset {
    /// Its name in the sources.
    name: &'static str,
    /// Where it is served.
    path: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Where the asset with this name is served. A name that there is not leads nowhere; a test says so.
pub(crate) fn path_of(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| asset.path)
}

/// The answer with the asset that is served under this path.
pub(crate) fn answer(path: &str, headers: &HeaderMap) -> Option<HttpResponse> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type(asset.name))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    let coding = accepted(headers);
    if let Some(name) = coding.name() {
        response.insert_header((header::CONTENT_ENCODING, name));
    }
    Some(response.body(match coding {
        Coding::Brotli => asset.brotli,
        Coding::Gzip => asset.gzip,
        Coding::Identity => asset.plain,
    }))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_asset_that_a_template_names_is_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let of = |folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for path in of(folder.clone()).chain(of(folder.join("console"))).filter(|path| path.is_file()) {
            let template = fs::read_to_string(path).unwrap();
            for rest in template.split("asset(\"").skip(1) {
                let name = rest.split('"').next().unwrap();
                assert!(path_of(name).starts_with("/assets/"), "{name}");
            }
        }
    }

    #[test]
    fn scripts_are_small() {
        for asset in ASSETS.iter().filter(|asset| content_type(asset.name).starts_with("text/javascript")) {
            let lines = std::str::from_utf8(asset.plain).unwrap().lines().count();
            assert!(lines < 200, "{} has {lines} lines", asset.name);
        }
    }
}
