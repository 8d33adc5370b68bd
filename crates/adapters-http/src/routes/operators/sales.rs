//! The state of a sale.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::operators::Sales;
use seatline_domain::id::ConcertId;
use seatline_domain::seat::SalesOfPerformance;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, Page, Path};
use crate::problem::{Code, Problem};
use crate::routes::programme::PerformanceStateBody;
use crate::routes::queue::QueueBody;
use crate::state::State;
use crate::wire::{List, Points};

pub(super) fn endpoint() -> Endpoint {
    endpoint!(show_sales).errors(&[Code::ConcertNotFound, Code::Unavailable])
}

/// Show how a sale is going
///
/// The waiting room, and what was sold of each performance, by start. Performances come page by page; a page may hold fewer
/// than `limit`, as at most 500,000 seats are counted for one.
#[utoipa::path(
    get, path = "/api/v1/admin/concerts/{concertId}/sales", operation_id = "showSales", tag = "Operators",
    responses((status = 200, description = "The sales so far.", body = SalesBody)),
)]
async fn show_sales(
    _: Operator,
    concert: Path<ConcertId>,
    page: Page,
    app: State,
) -> Result<Json<SalesBody>, Problem> {
    let list = List::named("sales").of_concert(concert.0);
    let sales = app.seatline.show_sales.execute(concert.0, page.of(&list)?).await?;
    Ok(Json(SalesBody::render(concert.0, sales, &list)))
}

/// The sale of a concert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sales)]
#[serde(rename_all = "camelCase")]
struct SalesBody {
    /// The concert's id.
    concert_id: Uuid,
    /// Its waiting room.
    queue: QueueBody,
    /// Its performances, by start: at most `limit`.
    performances: Vec<PerformanceSalesBody>,
    /// Send it as `cursor` for the next performances; null when these are the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The sale of a performance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PerformanceSales)]
#[serde(rename_all = "camelCase")]
struct PerformanceSalesBody {
    /// The performance's id.
    performance_id: Uuid,
    /// Its start.
    starts_at: DateTime<Utc>,
    /// Free seats.
    available: u32,
    /// Seats held, not paid.
    held: u32,
    /// Seats sold.
    sold: u32,
    /// Seats not for sale.
    blocked: u32,
    /// What was paid less what was refunded.
    revenue: Points,
    /// What was refunded.
    refunded: Points,
    /// Whether it takes place. Of a cancelled one no seat is free or held.
    state: PerformanceStateBody,
    /// Tickets that were checked in.
    checked_in: u32,
}

impl SalesBody {
    fn render(concert_id: ConcertId, sales: Sales, list: &List) -> Self {
        Self {
            concert_id: concert_id.uuid(),
            queue: sales.queue.into(),
            next_cursor: sales.performances.next.map(|place| list.give(&place)),
            performances: sales.performances.items.into_iter().map(PerformanceSalesBody::from).collect(),
        }
    }
}

impl From<SalesOfPerformance> for PerformanceSalesBody {
    fn from(sales: SalesOfPerformance) -> Self {
        Self {
            performance_id: sales.performance_id.uuid(),
            starts_at: sales.starts_at,
            available: sales.available,
            held: sales.held,
            sold: sales.sold,
            blocked: sales.blocked,
            revenue: sales.revenue.into(),
            refunded: sales.refunded.into(),
            state: PerformanceStateBody::of(sales.cancelled),
            checked_in: sales.checked_in,
        }
    }
}
