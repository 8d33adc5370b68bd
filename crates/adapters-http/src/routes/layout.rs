//! Layouts, for anybody.

use seatline_domain::id::PerformanceId;

use crate::answer::Revalidated;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{IfNoneMatch, Path};
use crate::layouts::LayoutBody;
use crate::problem::{Code, Problem};
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(show_layout).errors(&[Code::PerformanceNotFound, Code::RateLimited, Code::Unavailable])]
}

/// Show where the seats of a performance are
///
/// Seats never move; prices may be two seconds old, and five minutes in caches.
#[utoipa::path(
    get, path = "/api/v1/performances/{performanceId}/layout", operation_id = "showLayout", tag = "Programme",
    responses(
        (status = 200, description = "The layout.", body = LayoutBody<'_>, headers(("ETag"), ("Cache-Control"))),
        (status = 304, description = "The client has the current content already."),
    ),
)]
async fn show_layout(
    performance: Path<PerformanceId>,
    known: IfNoneMatch,
    app: State,
) -> Result<Revalidated, Problem> {
    let layout = app.seatline.show_layout.execute(performance.0).await?;
    let shown = app.layouts.of(&layout)?;
    Ok(Revalidated::new(shown.tag, shown.body, &known).kept_by_everybody())
}
