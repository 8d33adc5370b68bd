use reqwest::header::HeaderValue;

use super::visitor::Visitor;
use crate::metrics::Outcome;
use crate::service::{Browser, Call, Kind, header};

/// Opens the programme and the concert.
pub(super) async fn look_around(visitor: &mut Visitor) -> Result<(), Outcome> {
    let concert = &visitor.rehearsal.sale.concert.id;
    let (page, poster) = (format!("/concerts/{concert}"), format!("/posters/{concert}.svg"));
    load(visitor, Kind::Page, "/").await?;
    load(visitor, Kind::Page, &page).await?;
    load(visitor, Kind::Asset, &poster).await
}

/// Opens the page of the line, with all that it loads.
pub(super) async fn open_line(visitor: &mut Visitor) -> Result<(), Outcome> {
    let path = format!("/concerts/{}/line", visitor.rehearsal.sale.concert.id);
    load(visitor, Kind::Page, &path).await?;
    let assets = visitor.rehearsal.site.as_ref().map(|site| site.assets.clone()).unwrap_or_default();
    for path in assets {
        load(visitor, Kind::Asset, &path).await?;
    }
    Ok(())
}

/// Opens a page that is somebody's own.
pub(super) async fn open_page(visitor: &mut Visitor, path: &str) -> Result<(), Outcome> {
    load(visitor, Kind::Page, path).await
}

/// Loads something, unless people load no pages. One that leads elsewhere is as it should be: a turn may have ended.
async fn load(visitor: &mut Visitor, kind: Kind, path: &str) -> Result<(), Outcome> {
    if visitor.rehearsal.site.is_none() {
        return Ok(());
    }
    let browser = Browser { cookies: cookies(visitor)?, coded: true };
    // No page waits for what comes back of another: the visit goes on whatever it is.
    let answer = visitor.send(&Call::page(kind, path, browser)).await?;
    let is_good = matches!(answer.status, 200..400);
    visitor.rehearsal.metrics.record_page(is_good, answer.body.len());
    if !is_good {
        visitor.fail(&format!("{path} answered {}", answer.status));
    }
    Ok(())
}

/// The cookies of a browser that has this account and this place in line. By HTTPS their names are longer.
fn cookies(visitor: &Visitor) -> Result<Option<HeaderValue>, Outcome> {
    let mut cookies = Vec::new();
    let mut keep = |name: &str, value: &str| {
        cookies.extend([format!("{name}={value}"), format!("__Host-{name}={value}")]);
    };
    if let Some(token) = visitor.bearer.as_ref().and_then(|bearer| bearer.to_str().ok()) {
        keep("seatline-account", token.trim_start_matches("Bearer "));
    }
    if let Some(token) = visitor.queue_token.as_ref().and_then(|token| token.to_str().ok()) {
        let concert = visitor.rehearsal.sale.concert.id.replace('-', "");
        keep(&format!("seatline-line-{concert}"), token);
    }
    if cookies.is_empty() {
        return Ok(None);
    }
    let mut value = header(&cookies.join("; ")).map_err(|error| visitor.fail(&error.to_string()))?;
    value.set_sensitive(true);
    Ok(Some(value))
}
