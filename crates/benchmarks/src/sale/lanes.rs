use std::sync::Arc;

use anyhow::Context;
use seatline_adapters_postgres::Postgres;
use seatline_domain::commands::{HoldSeatsCommand, HoldTarget, JoinQueueCommand, ShowUpCommand};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId, UserId};
use seatline_domain::ports::{Programme, SeatInventory, WaitingRooms};
use seatline_domain::queue::Number;
use seatline_domain::seat::{SeatSelection, policy};

use super::Show;
use crate::room::{CALLERS, fresh_id, together};

/// How many holds the lanes alone make a second: distinct seats of all performances, each by somebody else. Whoever has
/// not been here since their turn began is written down as here by their hold; the others have been here before.
pub(crate) async fn holds(
    postgres: &Arc<Postgres>,
    show: &Show,
    people: u64,
    have_been_here: bool,
) -> anyhow::Result<f64> {
    let concert_id = ConcertId::new(show.concert_id.parse()?);
    let mut performances = Vec::new();
    for id in &show.performances {
        let id = PerformanceId::new(id.parse()?);
        performances.push(postgres.performance(id).await?.context("no performance")?);
    }
    let first = postgres
        .join(JoinQueueCommand { concert_id, user_id: UserId::new(fresh_id()), seats_left: None, key: None })
        .await?
        .pass
        .number;
    let users: Arc<Vec<_>> = Arc::new((0..people).map(|_| UserId::new(fresh_id())).collect());
    let numbers = Arc::new(users.iter().map(|_| std::sync::OnceLock::<Number>::new()).collect::<Vec<_>>());
    let joining = {
        let (postgres, users, numbers) = (postgres.clone(), users.clone(), numbers.clone());
        move |index| {
            let (postgres, users, numbers) = (postgres.clone(), users.clone(), numbers.clone());
            async move {
                let index = usize::try_from(index)?;
                let user_id = *users.get(index).context("nobody")?;
                let joined = postgres
                    .join(JoinQueueCommand { concert_id, user_id, seats_left: None, key: None })
                    .await?;
                let number = joined.pass.number;
                numbers.get(index).context("nobody")?.get_or_init(|| number);
                if have_been_here {
                    postgres.show_up(ShowUpCommand { concert_id, user_id, number }).await?;
                }
                anyhow::Ok(())
            }
        }
    };
    together(people, CALLERS, joining).await?;
    let performances = Arc::new(performances);
    // Seats that nobody else of this round wants.
    let used = i64::try_from(first.get())?;
    let (postgres, width) = (postgres.clone(), performances.len());
    together(people, CALLERS, move |index| {
        let (postgres, users) = (postgres.clone(), users.clone());
        let (numbers, performances) = (numbers.clone(), performances.clone());
        async move {
            let index = usize::try_from(index)?;
            let seat = 1 + (used + i64::try_from(index)?) / i64::try_from(width)?;
            let command = HoldSeatsCommand {
                reservation_id: ReservationId::new(fresh_id()),
                user_id: *users.get(index).context("nobody")?,
                concert_id,
                number: *numbers.get(index).and_then(|number| number.get()).context("no number")?,
                performance: HoldTarget::Performance(
                    performances.get(index % width).context("no performance")?.clone(),
                ),
                seats: SeatSelection::parse(&[seat])?.into(),
                ttl: policy::DEFAULT_HOLD_TTL,
                key: None,
            };
            postgres.hold(command).await?;
            Ok(())
        }
    })
    .await
}
