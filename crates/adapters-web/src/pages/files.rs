//! What pages load, and the choice of a language.

use actix_web::HttpResponse;
use actix_web::http::header;
use seatline_domain::id::ConcertId;
use serde::Deserialize;

use crate::language::Language;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};
use crate::{assets, poster};

pub(crate) async fn asset(visit: Visit) -> Answer {
    assets::answer(visit.request.path(), visit.request.headers()).ok_or(Refusal::NotFound)
}

/// What keeps the gate's page for when the network is gone. Browsers ask for it under one name, to see whether it is new.
pub(crate) async fn gate_worker(visit: Visit) -> Answer {
    let served = assets::answer(assets::path_of("gate-worker.js"), visit.request.headers());
    let mut answer = served.ok_or(Refusal::NotFound)?;
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    // It asks this site alone.
    let policy = header::HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

pub(crate) async fn poster(visit: Visit) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let image = match visit.asked_for("bare") {
        Some(_) => poster::draw_bare(concert.title.as_str()),
        None => poster::draw(concert.title.as_str(), concert.venue.as_str()),
    };
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .body(image))
}

#[derive(Deserialize)]
struct Choice {
    lang: String,
    back: String,
}

pub(crate) async fn choose_language(visit: Visit) -> Answer {
    let choice: Choice = visit.fields().await?;
    let language = Language::of_tag(&choice.lang).ok_or(Refusal::Malformed)?;
    let cookie = visit.cookies().with_language(language.tag());
    Ok(lead(&own_path(&choice.back), [cookie]))
}

/// A path of this site, or the programme.
fn own_path(path: &str) -> String {
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._".contains(&byte));
    if plain && path.starts_with('/') && !path.starts_with("//") { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(own_path("/concerts/01a1/line"), "/concerts/01a1/line");
        for bad in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1", "/\r\nA: b"]
        {
            assert_eq!(own_path(bad), "/", "{bad}");
        }
    }
}
