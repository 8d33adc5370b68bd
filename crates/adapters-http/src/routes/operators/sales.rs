//! How a sale is going.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use seatline_application::operators::Sales;
use seatline_domain::id::ConcertId;
use seatline_domain::seat::SalesOfPerformance;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, json};
use crate::operation::{Access, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::routes::queue::QueueBody;
use crate::wire::Points;

pub(super) fn operation() -> Operation {
    Operation::new(Verb::Get, "/api/v1/admin/concerts/{concertId}/sales", "showSales", Tag::Operators, show)
        .about("How a sale is going", "The waiting room, and what was sold of each performance.")
        .access(Access::Operator)
        .answers::<SalesBody>(200, "The sales so far.", &[])
        .errors(&[Code::ConcertNotFound, Code::Unavailable])
}

async fn show(call: Call) -> Result<HttpResponse, Problem> {
    call.operator().await?;
    let concert_id: ConcertId = call.path_id()?;
    let sales = call.seatline().show_sales.execute(concert_id).await?;
    Ok(json(&SalesBody::render(concert_id, sales)))
}

/// How a sale is going.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sales)]
#[serde(rename_all = "camelCase")]
struct SalesBody {
    /// Of which concert.
    concert_id: Uuid,
    /// Its waiting room.
    queue: QueueBody,
    /// Its performances, by start.
    performances: Vec<PerformanceSalesBody>,
}

/// What was sold of a performance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PerformanceSales)]
#[serde(rename_all = "camelCase")]
struct PerformanceSalesBody {
    /// Which performance.
    performance_id: Uuid,
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// Free seats.
    available: u32,
    /// Seats held, not paid.
    held: u32,
    /// Seats sold.
    sold: u32,
    /// Seats not for sale.
    blocked: u32,
    /// The sum of the prices of the seats sold.
    revenue: Points,
}

impl SalesBody {
    fn render(concert_id: ConcertId, sales: Sales) -> Self {
        Self {
            concert_id: concert_id.uuid(),
            queue: sales.queue.into(),
            performances: sales.performances.into_iter().map(PerformanceSalesBody::from).collect(),
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
        }
    }
}
