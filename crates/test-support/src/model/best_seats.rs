use seatline_domain::commands::{BestChoice, HoldSeatsCommand, HoldTarget, WantedSeats};
use seatline_domain::id::ReservationId;
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::seat::FreeSeats;
use seatline_domain::seat::hall::BestSeats;
use seatline_domain::text::Text;

use super::operation::Operation;
use super::side::{Side, operation_id};
use super::verdict::{Made, Verdict, tell_reservation};
use crate::Setup;

/// Chooses the best seats from what the side says is free, and holds them.
pub(super) async fn hold_best(side: &Side, operation: &Operation, key: Option<IdempotencyKey>) -> Verdict {
    let Operation::HoldBest { place, performance, wish, id, .. } = operation else { unreachable!() };
    let (ports, pass, performance) = (&side.ports, side.pass(*place), side.performance(*performance));
    let best = BestSeats::parse(wish.count, wish.together).unwrap();
    let best = match wish.section {
        Some(name) => best.of_section(Text::parse(name).unwrap()),
        None => best,
    };
    let hall = ports.programme.hall(performance.id).await.unwrap().unwrap();
    let free = FreeSeats::of(&ports.inventory.seat_map(performance.id).await.unwrap());
    let chosen = hall.best(&best, |number| free.contains(number));
    let command = HoldSeatsCommand {
        reservation_id: ReservationId::new(operation_id(*id)),
        user_id: pass.user_id,
        concert_id: pass.concert_id,
        number: pass.number,
        performance: HoldTarget::Performance(performance.clone()),
        seats: WantedSeats::Best(BestChoice { wish: best, hall, chosen }),
        ttl: Setup::HOLD_TTL,
        key,
    };
    let held = ports.inventory.hold(command).await;
    let made = held.as_ref().ok().filter(|answer| answer.created && !answer.replayed);
    let made = made.map(|answer| Made::Reservation(answer.value.id));
    Verdict::of_answer("hold best", held, tell_reservation).making(made)
}
