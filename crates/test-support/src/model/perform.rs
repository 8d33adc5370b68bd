use std::collections::BTreeMap;

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::audit::Reason;
use seatline_domain::commands::{
    AdmitWaitingCommand, CancelPerformanceCommand, CancelReservationCommand, ChangeConcertCommand,
    ChangePerformanceCommand, ChangeSeatsCommand, ChangeSectionCommand, ChargePointsCommand,
    CheckInTicketCommand, CompleteCancellationCommand, ConfigureQueueCommand, CreditPointsCommand,
    EndLineCommand, HoldSeatsCommand, HoldTarget, JoinError, JoinQueueCommand, PayReservationCommand,
    RefundPaymentCommand, RefundRequester, RemovePassesCommand,
};
use seatline_domain::concert::{ConcertChange, PerformanceChange, SeatLimit};
use seatline_domain::id::{CheckInId, LedgerEntryId, PaymentId, RefundId, ReservationId, UserId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::payment::PaidReservation;
use seatline_domain::point::{Amount, PointsChange};
use seatline_domain::queue::{AdmitRate, Capacity, ClosedRoom, PassState};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{SeatSelection, SeatsChange, SeatsLeft};
use seatline_domain::text::Text;
use seatline_domain::ticket::TicketId;

use super::best_seats::hold_best;
use super::charges;
use super::device_codes;
use super::operation::{Operation, Place, Rate};
use super::side::{Side, operation_id};
use super::verdict::{
    Made, Verdict, tell_check_in, tell_entry, tell_figures, tell_pass, tell_payment, tell_refund,
    tell_reservation,
};
use super::{operator_keys, webhooks};
use crate::Setup;
use crate::setup::{key, leave_command, seat_number, show_up_command};

/// Lets one side do an operation.
pub(super) async fn perform(side: &Side, operation: &Operation) -> Verdict {
    let (ports, now) = (&side.ports, side.setup().now().await);
    match operation {
        Operation::Join { concert, user } => join(side, *concert, *user).await,
        Operation::Leave(place) => {
            let left = ports.rooms.leave(leave_command(&side.pass(*place))).await;
            Verdict::of("leave", left, |pass| tell_pass(pass, now))
        }
        Operation::ShowUp(place) => {
            let shown_up = ports.rooms.show_up(show_up_command(&side.pass(*place))).await;
            Verdict::of("show up", shown_up, |pass| tell_pass(pass, now))
        }
        Operation::Admit { concert } => {
            let step = ports.rooms.admit(AdmitWaitingCommand { concert_id: side.concert(*concert).id }).await;
            let turns: Vec<_> =
                step.iter().flat_map(|step| &step.numbers).map(|number| Made::Turn(*number)).collect();
            Verdict::of("admit", step, |step| format!("{step:?}")).making(turns)
        }
        Operation::EndLine { concert } => end_line(side, *concert).await,
        Operation::RemovePasses { concert } => remove_passes(side, *concert, now).await,
        Operation::Configure { .. } => configure(side, operation).await,
        Operation::ChangeConcert { concert, seats_per_user } => {
            change_concert(side, *concert, *seats_per_user).await
        }
        Operation::CloseSales { performance, closed } => close_sales(side, *performance, *closed).await,
        Operation::ChangePrice { performance, price } => change_price(side, *performance, *price).await,
        Operation::ChangeSeats { performance, block, unblock } => {
            change_seats(side, *performance, SeatsChange::parse(block, unblock).unwrap()).await
        }
        Operation::Hold { .. } => hold(side, operation).await,
        Operation::HoldBest { key, .. } => hold_best(side, operation, shared_key(*key)).await,
        Operation::Cancel { user, reservation } => {
            let command =
                CancelReservationCommand { user_id: side.user(*user), reservation_id: *reservation };
            Verdict::of("cancel", ports.reservations.cancel(command).await, tell_reservation)
        }
        Operation::Sweep => sweep(side).await,
        Operation::Charge { user, amount, key, id } => {
            let command = ChargePointsCommand {
                entry_id: LedgerEntryId::new(operation_id(*id)),
                user_id: side.user(*user),
                amount: Amount::whole(*amount),
                key: shared_key(Some(*key)).unwrap(),
            };
            let charged = ports.wallets.charge(command).await;
            Verdict::of_answer("charge", charged, tell_entry)
        }
        Operation::CreateCharge { user, amount, key, id } => {
            charges::create(side, *user, *amount, shared_key(Some(*key)).unwrap(), *id).await
        }
        Operation::RecordFinding { user, charge, found, id } => {
            charges::record(side, *user, *charge, *found, *id).await
        }
        Operation::Pay { place, reservation, key, id } => {
            pay(side, *place, *reservation, shared_key(*key), *id).await
        }
        Operation::CreateOperatorKey { name, key, id } => {
            operator_keys::create(side, *name, shared_key(*key), *id).await
        }
        Operation::DeleteOperatorKey { newest } => operator_keys::delete(side, *newest).await,
        Operation::MakeDeviceCode { user, code } => device_codes::make(side, *user, *code).await,
        Operation::UseDeviceCode { user, code, form } => {
            device_codes::use_up(side, *user, *code, *form).await
        }
        Operation::ForgetDeviceCodes { limit } => {
            let forgotten = ports.device_codes.forget_expired(*limit).await;
            Verdict::of("forget codes", forgotten, ToString::to_string)
        }
        Operation::CreateWebhook { .. }
        | Operation::ChangeWebhook { .. }
        | Operation::DeleteWebhook { .. }
        | Operation::Publish => webhook(side, operation).await,
        Operation::Refund { user, reservation, .. } => {
            let user_id = side.user(*user);
            let own = ports.reservations.reservation(user_id, *reservation).await.unwrap();
            refund(side, user_id, own, operation).await
        }
        Operation::Credit { .. } => credit(side, operation).await,
        Operation::CancelPerformance { performance } => cancel_performance(side, *performance).await,
        Operation::RefundCancelled => refund_cancelled(side).await,
        Operation::CheckIn { .. } => check_in(side, operation).await,
        Operation::Forget { limit } => {
            let forgotten = ports.keys.delete_expired(*limit).await;
            let kind = if forgotten == Ok(0) { "forget nothing" } else { "forget" };
            Verdict::of(kind, forgotten, ToString::to_string)
        }
        Operation::Look { concert } => look(side, *concert).await,
        Operation::Wait { minutes } => {
            side.fixture.pass_time(Side::UNIT * *minutes).await;
            Verdict::of("wait", Ok::<(), ()>(()), |()| String::new())
        }
    }
}

async fn hold(side: &Side, operation: &Operation) -> Verdict {
    let Operation::Hold { place, performance, seats, key, id } = operation else { unreachable!() };
    let pass = side.pass(*place);
    let command = HoldSeatsCommand {
        reservation_id: ReservationId::new(operation_id(*id)),
        user_id: pass.user_id,
        concert_id: pass.concert_id,
        number: pass.number,
        performance: HoldTarget::Performance(side.performance(*performance).clone()),
        seats: SeatSelection::parse(seats).unwrap().into(),
        ttl: Setup::HOLD_TTL,
        key: shared_key(*key),
    };
    let held = side.ports.inventory.hold(command).await;
    let made = held.as_ref().ok().filter(|answer| answer.created && !answer.replayed);
    let made = made.map(|answer| Made::Reservation(answer.value.id));
    Verdict::of_answer("hold", held, tell_reservation).making(made)
}

async fn webhook(side: &Side, operation: &Operation) -> Verdict {
    match operation {
        Operation::CreateWebhook { wants_all, key, id } => {
            webhooks::create(side, *wants_all, shared_key(*key), *id).await
        }
        Operation::ChangeWebhook { newest, enabled, key, id } => {
            webhooks::change(side, *newest, *enabled, shared_key(*key), *id).await
        }
        Operation::DeleteWebhook { newest, id } => webhooks::delete(side, *newest, *id).await,
        Operation::Publish => webhooks::publish(side).await,
        _ => unreachable!(),
    }
}

async fn change_concert(side: &Side, concert: usize, seats_per_user: u32) -> Verdict {
    let limit = SeatLimit::parse(seats_per_user).unwrap();
    let command = ChangeConcertCommand {
        concert_id: side.concert(concert).id,
        change: ConcertChange { max_seats_per_user: Some(limit), ..ConcertChange::default() },
        stamp: side.setup().stamp(),
        key: None,
    };
    let changed = side.ports.editor.change_concert(command).await;
    Verdict::of_answer("change concert", changed, |concert| format!("{:?}", concert.max_seats_per_user))
}

/// Some have not opened: closing them earlier is refused.
async fn close_sales(side: &Side, performance: usize, closed: bool) -> Verdict {
    let performance = side.performance(performance);
    let closes = closed.then_some(Timestamp::UNIX_EPOCH);
    let change = PerformanceChange { sales_close_at: Some(closes), ..PerformanceChange::default() };
    let command = ChangePerformanceCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        change,
        stamp: side.setup().stamp(),
        key: None,
    };
    let changed = side.ports.editor.change_performance(command).await;
    Verdict::of_answer("close sales", changed, |changed| format!("{:?}", changed.sales_close_at))
}

async fn change_price(side: &Side, performance: usize, price: u32) -> Verdict {
    let performance = side.performance(performance);
    let command = ChangeSectionCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        hall: side.ports.programme.hall(performance.id).await.unwrap().unwrap(),
        section: Text::parse("General").unwrap(),
        price: Amount::whole(price),
        stamp: side.setup().stamp(),
        key: None,
    };
    let changed = side.ports.editor.change_section(command).await;
    Verdict::of_answer("change price", changed, |changed| {
        format!("{} to {}, {:?}", changed.price_from, changed.price_to, changed.section_prices)
    })
}

async fn change_seats(side: &Side, performance: usize, change: SeatsChange) -> Verdict {
    let performance = side.performance(performance);
    let command = ChangeSeatsCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        change,
        stamp: side.setup().stamp(),
        key: None,
    };
    let changed = side.ports.inventory.change_seats(command).await;
    Verdict::of_answer("change seats", changed, ToString::to_string)
}

async fn credit(side: &Side, operation: &Operation) -> Verdict {
    let Operation::Credit { user, amount, key, id } = operation else {
        unreachable!("credits alone come here");
    };
    let points = Amount::whole(amount.unsigned_abs());
    let command = CreditPointsCommand {
        entry_id: LedgerEntryId::new(operation_id(*id)),
        user_id: side.user(*user),
        change: if *amount < 0 { PointsChange::Debit(points) } else { PointsChange::Credit(points) },
        stamp: side.setup().stamp(),
        reason: Reason::parse("Sorry").unwrap(),
        key: shared_key(Some(*key)).unwrap(),
    };
    Verdict::of_answer("credit", side.ports.wallets.credit(command).await, tell_entry)
}

async fn cancel_performance(side: &Side, performance: usize) -> Verdict {
    let performance = side.performance(performance);
    let command = CancelPerformanceCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        reason: Reason::parse("Ill").unwrap(),
        stamp: side.setup().stamp(),
        key: None,
    };
    let cancelled = side.ports.cancellations.cancel(command).await;
    Verdict::of_answer("cancel performance", cancelled, |one| format!("{}", one.is_cancelled()))
}

/// One of a few keys that all operations share.
fn shared_key(number: Option<usize>) -> Option<IdempotencyKey> {
    number.map(|number| key(&format!("key {number}")))
}

/// Refunds a reservation, if it is paid.
async fn refund(
    side: &Side,
    user_id: UserId,
    reservation: Option<Reservation>,
    operation: &Operation,
) -> Verdict {
    let Operation::Refund { seats, operator, key, id, .. } = operation else {
        panic!("{operation:?} is no refund")
    };
    let nothing = || Verdict::of("refund nothing", Ok::<(), ()>(()), |()| String::new());
    let Some(reservation) = reservation else { return nothing() };
    let (ReservationState::Paid { payment_id, .. } | ReservationState::Refunded { payment_id, .. }) =
        reservation.state
    else {
        return nothing();
    };
    let payment = side.ports.payments.payment(user_id, payment_id).await.unwrap().unwrap();
    let reason = Reason::parse("Sorry").unwrap();
    let by_operator = RefundRequester::Operator { stamp: side.setup().stamp(), reason };
    let command = RefundPaymentCommand {
        refund_id: RefundId::new(operation_id(*id)),
        entry_id: LedgerEntryId::new(operation_id(*id)),
        paid: PaidReservation::of(&payment, &reservation),
        seats: (!seats.is_empty()).then(|| SeatSelection::parse(seats).unwrap()),
        requester: if *operator { by_operator } else { RefundRequester::User },
        key: shared_key(*key),
    };
    Verdict::of_answer("refund", side.ports.payments.refund(command).await, tell_refund)
}

/// Refunds what is owed, in the order of the payments, so that both sides make the same refunds of the same ids.
async fn refund_cancelled(side: &Side) -> Verdict {
    let owed = side.ports.cancellations.unfinished(1_000).await.unwrap();
    let mut payments: Vec<_> = owed.iter().flat_map(|owed| owed.payments.clone()).collect();
    payments.sort_by_key(|paid| paid.payment_id);
    for paid in payments {
        let (refund, entry) = (side.setup().id(), side.setup().id());
        let command = RefundPaymentCommand {
            refund_id: RefundId::new(refund),
            entry_id: LedgerEntryId::new(entry),
            paid,
            seats: None,
            requester: RefundRequester::Cancellation,
            key: None,
        };
        side.ports.payments.refund(command).await.unwrap();
    }
    let mut done = Vec::new();
    for owed in owed {
        let performance_id = owed.performance_id;
        let complete = CompleteCancellationCommand { concert_id: owed.concert_id, performance_id };
        side.ports.cancellations.complete(complete).await.unwrap();
        let (_, progress) = side.ports.cancellations.progress(performance_id).await.unwrap().unwrap();
        done.push(format!("{performance_id}: {progress:?}"));
    }
    done.sort();
    Verdict::of("refund cancelled", Ok::<_, ()>(done), |done| done.join(", "))
}

async fn join(side: &Side, concert: usize, user: usize) -> Verdict {
    let (concert_id, user_id) = (side.concert(concert).id, side.user(user));
    let mut joined =
        side.ports.rooms.join(JoinQueueCommand { concert_id, user_id, seats_left: None, key: None }).await;
    if joined == Err(JoinError::SoldOut) {
        // Some are still free: the line was ended as though none were.
        let seats_left = side.ports.queue.seats_left(concert_id).await.unwrap();
        joined = side.ports.rooms.join(JoinQueueCommand { concert_id, user_id, seats_left, key: None }).await;
    }
    let made: Vec<_> = joined
        .iter()
        .flat_map(|joined| {
            let (number, turn) = (joined.pass.number, matches!(joined.pass.state, PassState::Active { .. }));
            let place = joined.created.then_some(Made::Place(number));
            place.into_iter().chain(turn.then_some(Made::Turn(number)))
        })
        .collect();
    let verdict = Verdict::of("join", joined, |joined| {
        let pass = tell_pass(&joined.pass, joined.as_of);
        format!("{pass}, created: {}, ahead: {:?}", joined.created, joined.ahead)
    });
    verdict.making(made)
}

/// Ends a line as though no seat were left.
async fn end_line(side: &Side, concert: usize) -> Verdict {
    let concert_id = side.concert(concert).id;
    let seats_left = side.ports.queue.seats_left(concert_id).await.unwrap().unwrap();
    let seats_left = SeatsLeft { available: 0, held: 0, ..seats_left };
    let ended = side.ports.rooms.end_line(EndLineCommand { concert_id, seats_left }).await;
    let kind = if ended == Ok(None) { "end no line" } else { "end line" };
    Verdict::of(kind, ended, |ended| format!("{:?}", ended.map(|end| (end.after, end.up_to))))
}

/// Removes passes as though the last performance had started long ago.
async fn remove_passes(side: &Side, concert: usize, now: Timestamp) -> Verdict {
    let (concert_id, keep) = (side.concert(concert).id, TimeDelta::days(30));
    let room = ClosedRoom { concert_id, last_start: now - keep };
    let removed = side.ports.rooms.remove_passes(RemovePassesCommand { room, keep }).await;
    let kind = if removed == Ok(0) { "remove no passes" } else { "remove passes" };
    Verdict::of(kind, removed, ToString::to_string)
}

async fn configure(side: &Side, operation: &Operation) -> Verdict {
    let Operation::Configure { concert, capacity, rate, status } = operation else { unreachable!() };
    let command = ConfigureQueueCommand {
        concert_id: side.concert(*concert).id,
        capacity: capacity.map(|people| Capacity::parse(people).unwrap()),
        admit_per_minute: rate.map(|rate| match rate {
            Rate::Unlimited => None,
            Rate::OneAMinute => Some(AdmitRate::parse(1).unwrap()),
        }),
        status: *status,
        reason: None,
        stamp: side.setup().stamp(),
        key: None,
    };
    Verdict::of_answer("configure", side.ports.rooms.configure(command).await, |room| {
        format!("{:?} {:?} {} {}", room.status, room.settings, room.last_number, room.now_serving)
    })
}

/// What the public sees, and who has left ahead of their turn, for a board that is new to the room.
async fn look(side: &Side, concert: usize) -> Verdict {
    let (id, queue) = (side.concert(concert).id, &side.ports.queue);
    let figures = queue.figures(id).await.map(Option::unwrap);
    let rooms = queue.news(BTreeMap::new()).await.unwrap().rooms;
    let departures = rooms.into_iter().filter(|update| update.figures.concert_id == id);
    let departures = departures.flat_map(|update| update.departures);
    let ahead: Vec<_> = departures.map(|one| (one.sequence, one.number.get())).collect();
    let left = queue.seats_left(id).await.unwrap().unwrap();
    Verdict::of("look", figures, |figures| {
        let ahead = ahead.iter().filter(|(_, number)| *number > figures.now_serving);
        let seats = (left.last_number, left.has_performances, left.available, left.held);
        format!("{}, left ahead: {:?}, seats {seats:?}", tell_figures(figures), ahead.collect::<Vec<_>>())
    })
}

async fn sweep(side: &Side) -> Verdict {
    let reservations = &side.ports.reservations;
    let mut expired = reservations.expired_holds(100).await.unwrap();
    expired.sort_by_key(|hold| hold.reservation_id);
    let mut expired_holds = Vec::with_capacity(expired.len());
    for hold in expired {
        expired_holds.push((hold.reservation_id, reservations.expire(hold).await.unwrap()));
    }
    let kind = if expired_holds.is_empty() { "expire nothing" } else { "expire" };
    Verdict::of(kind, Ok::<_, ()>(expired_holds), |expired_holds| format!("{expired_holds:?}"))
}

async fn pay(
    side: &Side,
    place: Place,
    reservation_id: ReservationId,
    key: Option<IdempotencyKey>,
    id: u64,
) -> Verdict {
    let pass = side.pass(place);
    let command = PayReservationCommand {
        payment_id: PaymentId::new(operation_id(id)),
        entry_id: LedgerEntryId::new(operation_id(id)),
        user_id: pass.user_id,
        concert_id: pass.concert_id,
        number: pass.number,
        reservation_id,
        key,
    };
    let paid = side.ports.payments.pay(command).await;
    Verdict::of_answer("pay", paid, tell_payment)
}

/// Checks in a seat of a reservation, where it stands, whoever has it.
async fn check_in(side: &Side, operation: &Operation) -> Verdict {
    let Operation::CheckIn { place, reservation, nth_seat, key, id } = operation else { unreachable!() };
    let user_id = side.user(place.user);
    let tickets = &side.ports.tickets;
    let Some(reserved) = side.ports.reservations.reservation(user_id, *reservation).await.unwrap() else {
        return Verdict::of("check in nothing", Ok::<(), ()>(()), |()| String::new());
    };
    let seat = reserved.seats.get(*nth_seat).map_or(seat_number(1), |seat| seat.number);
    let ticket_id = TicketId { reservation_id: *reservation, seat_number: seat };
    let holder = tickets.holder(reserved.performance_id, ticket_id).await.unwrap();
    let command = CheckInTicketCommand {
        check_in_id: CheckInId::new(operation_id(*id)),
        concert_id: reserved.concert_id,
        performance_id: reserved.performance_id,
        user_id: holder.map_or(user_id, |holder| holder.user_id),
        ticket_id,
        gate: None,
        stamp: side.setup().stamp(),
        key: shared_key(*key),
    };
    Verdict::of_answer("check in", tickets.check_in(command).await, tell_check_in)
}
