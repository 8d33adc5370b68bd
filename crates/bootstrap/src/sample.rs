use chrono::{Days, NaiveDate, TimeZone, Utc};
use seatline_application::Seatline;
use seatline_application::operators::ConcertRequest;
use seatline_domain::audit::OperatorId;
use seatline_domain::concert::{PerformancePlan, SeatLimit, policy};
use seatline_domain::page::PageRequest;
use seatline_domain::point::Amount;
use seatline_domain::queue::{Capacity, RoomSettings};
use seatline_domain::seat::hall::{SectionPlan, SectionSeats};
use seatline_domain::text::Text;

/// A concert of the sample programme: title, venue, seats per user, and its performances as days from today, hour in
/// the evening, and sections.
struct Sample {
    title: &'static str,
    venue: &'static str,
    seats_per_user: u32,
    capacity: u32,
    performances: &'static [(u64, u32, &'static [SampleSection])],
}

/// Name, first and last seat, price.
type SampleSection = (&'static str, u32, u32, u32);

const HALL: &[SampleSection] = &[("General", 1, 50, 77_000)];
const ARENA: &[SampleSection] =
    &[("Floor", 1, 400, 165_000), ("Lower tier", 401, 1_200, 132_000), ("Upper tier", 1_201, 2_000, 99_000)];

const PROGRAMME: [Sample; 3] = [
    Sample {
        title: "Winter Lights",
        venue: "Riverside Hall, Seoul",
        seats_per_user: 1,
        capacity: 500,
        performances: &[(14, 19, HALL), (15, 19, HALL), (16, 17, HALL)],
    },
    Sample {
        title: "The Long Encore",
        venue: "Harbour Arena, Busan",
        seats_per_user: 4,
        capacity: 500,
        performances: &[(30, 18, ARENA), (31, 18, ARENA)],
    },
    Sample {
        title: "Quartet by Candlelight",
        venue: "Old Library, Jeonju",
        seats_per_user: 2,
        capacity: 20,
        performances: &[(7, 15, HALL), (7, 20, HALL)],
    },
];

/// Loads the sample programme, unless there is a concert already.
pub(crate) async fn load(seatline: &Seatline) -> anyhow::Result<()> {
    if !seatline.list_concerts.execute(PageRequest::first()).await?.items.is_empty() {
        return Ok(());
    }
    let today = today();
    for sample in PROGRAMME {
        let mut queue = RoomSettings::default();
        queue.capacity = Capacity::parse(sample.capacity)?;
        let request = ConcertRequest {
            title: Text::parse(sample.title)?,
            venue: Text::parse(sample.venue)?,
            timezone: policy::DEFAULT_TIMEZONE,
            max_seats_per_user: SeatLimit::parse(sample.seats_per_user)?,
            queue,
        };
        let concert = seatline.add_concert.execute(OperatorId::SEATLINE, request, None).await?.value;
        for (days, hour, sections) in sample.performances {
            let plan = plan(today, *days, *hour, sections)?;
            seatline.add_performance.execute(OperatorId::SEATLINE, concert.id, plan, None).await?;
        }
    }
    tracing::info!(concerts = PROGRAMME.len(), "loaded the sample programme");
    Ok(())
}

/// The date by which the sample programme is laid out. No rule depends on it.
#[expect(
    clippy::disallowed_methods,
    reason = "the sample programme starts some days from today, by any clock"
)]
fn today() -> NaiveDate {
    Utc::now().with_timezone(&policy::DEFAULT_TIMEZONE).date_naive()
}

fn plan(
    today: NaiveDate,
    days: u64,
    hour: u32,
    sections: &[SampleSection],
) -> anyhow::Result<PerformancePlan> {
    let starts_at = today
        .checked_add_days(Days::new(days))
        .and_then(|date| date.and_hms_opt(hour, 0, 0))
        .and_then(|start| policy::DEFAULT_TIMEZONE.from_local_datetime(&start).earliest())
        .ok_or_else(|| anyhow::anyhow!("no such date"))?;
    let section = |(name, first_seat, last_seat, price): &SampleSection| {
        let price = Amount::whole(*price);
        Ok(SectionPlan {
            name: Text::parse(name)?,
            seats: SectionSeats::Range { first_seat: *first_seat, last_seat: *last_seat },
            price,
        })
    };
    Ok(PerformancePlan {
        starts_at: starts_at.to_utc(),
        sales_open_at: None,
        sales_close_at: None,
        refundable_until: Some(starts_at.to_utc()),
        sections: sections.iter().map(section).collect::<anyhow::Result<_>>()?,
        accessible_seats: Vec::new(),
        allow_past: false,
    })
}
