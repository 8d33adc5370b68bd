use std::fmt::Debug;

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::{
    AdmitWaitingCommand, BestChoice, CancelPerformanceCommand, CancelReservationCommand,
    ChangeConcertCommand, ChangePerformanceCommand, ChangeSeatsCommand, ChangeSectionCommand,
    ChargePointsCommand, CheckInTicketCommand, Command, ConfigureQueueCommand, CreateChargeCommand,
    CreateOperatorKeyCommand, CreditPointsCommand, DeleteOperatorKeyCommand, EndLineCommand,
    ExpireHoldCommand, HoldSeatsCommand, HoldTarget, JoinQueueCommand, LeaveQueueCommand,
    MakeDeviceCodeCommand, PayReservationCommand, RecordFindingCommand, RefundPaymentCommand,
    RefundRequester, RemovePassesCommand, ShowUpCommand, UseDeviceCodeCommand, WantedSeats,
};
use seatline_domain::concert::{
    ConcertChange, DateChoice, PerformanceAvailability, PerformanceChange, SeatLimit,
};
use seatline_domain::id::{
    AuditEntryId, CheckInId, LedgerEntryId, OperatorKeyId, PaymentId, RefundId, ReservationId, UserId,
};
use seatline_domain::idempotency::{IdempotencyKey, policy};
use seatline_domain::operator_key::{OperatorKeyHash, Role};
use seatline_domain::payment::PaidReservation;
use seatline_domain::point::{Amount, PointsChange};
use seatline_domain::queue::{AdmitRate, Capacity, ClosedRoom, Number, RoomStatus};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError};
use seatline_domain::seat::{SeatNumber, SeatSelection, SeatsChange, SeatsLeft};
use seatline_domain::text::Text;
use seatline_domain::ticket::TicketId;
use seatline_domain::user::{DeviceCodeHash, FormHash, SealedToken};
use seatline_domain::working_set::{Footprint, WorkingSet};

use crate::world::{
    CONCERTS, HOLD_TTL, PERFORMANCES, SEATS, USERS, World, concert_id, hall, performance_of, section_name,
    user_id,
};

/// These seats by their numbers or, now and then, as the best of their count, if any could be chosen.
fn wanted(seats: SeatSelection, chance: u8) -> WantedSeats {
    let chosen = match chance % 16 {
        9 => Err(BestSeatsError::SoldOut),
        10 => Err(BestSeatsError::NoAdjacentSeats),
        11 => Err(BestSeatsError::SectionNotFound),
        12.. => Ok(seats.clone()),
        _ => return seats.into(),
    };
    let count = i64::try_from(seats.numbers().len()).unwrap();
    let wish = BestSeats::parse(count, chance.is_multiple_of(3)).unwrap().of_section(section_name());
    WantedSeats::Best(BestChoice { wish, hall: hall(), chosen })
}

/// One of the codes that a user may have had.
fn device_code(user: u8, which: u8) -> DeviceCodeHash {
    DeviceCodeHash::new([user * 3 + which; 32])
}

/// What chance says about one step: which command, and five choices for its parts.
pub(crate) type Roll = (u8, u8, u8, u8, u8, u8);

macro_rules! any_command {
    ($($name:ident $command:ident,)*) => {
        /// One of the commands.
        #[derive(Debug)]
        pub(crate) enum AnyCommand { $($name($command),)* }

        impl AnyCommand {
            pub(crate) fn footprint(&self, footprint: &mut Footprint) {
                match self { $(Self::$name(command) => command.footprint(footprint),)* }
            }

            /// Decides; gives the answer as it reads.
            pub(crate) fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<String, String> {
                match self { $(Self::$name(command) => told(command.decide(set, now)),)* }
            }
        }
    };
}

any_command! {
    JoinQueue JoinQueueCommand, LeaveQueue LeaveQueueCommand, ShowUp ShowUpCommand,
    AdmitWaiting AdmitWaitingCommand, ConfigureQueue ConfigureQueueCommand, HoldSeats HoldSeatsCommand,
    CancelReservation CancelReservationCommand, ExpireHold ExpireHoldCommand, ChargePoints ChargePointsCommand,
    PayReservation PayReservationCommand, EndLine EndLineCommand, ChangeConcert ChangeConcertCommand,
    ChangePerformance ChangePerformanceCommand, RemovePasses RemovePassesCommand,
    RefundPayment RefundPaymentCommand, CreditPoints CreditPointsCommand, CancelPerformance CancelPerformanceCommand,
    ChangeSeats ChangeSeatsCommand, ChangeSection ChangeSectionCommand,
    CreateOperatorKey CreateOperatorKeyCommand, DeleteOperatorKey DeleteOperatorKeyCommand,
    CheckInTicket CheckInTicketCommand,
    CreateCharge CreateChargeCommand, RecordFinding RecordFindingCommand,
    MakeDeviceCode MakeDeviceCodeCommand,
    UseDeviceCode UseDeviceCodeCommand,
}

fn told(answer: Result<impl Debug, impl Debug>) -> Result<String, String> {
    answer.map(|success| format!("{success:?}")).map_err(|refusal| format!("{refusal:?}"))
}

impl World {
    /// The command that this roll means here and now. Some rolls let time pass first.
    pub(crate) fn next_command(&mut self, roll: Roll) -> AnyCommand {
        let (kind, one, two, three, four, five) = roll;
        let (concert, user) = (one % CONCERTS, two % USERS);
        let (concert_id, user_id) = (concert_id(concert), user_id(user));
        if five % 16 == 0 {
            self.now += TimeDelta::seconds(i64::from(four) * 2);
        }
        if five == 32 {
            self.now += policy::KEY_TTL;
        }
        match kind % 38 {
            0..5 => {
                let seats_left = (five % 4 == 1).then(|| self.seats_left(roll));
                AnyCommand::JoinQueue(JoinQueueCommand { concert_id, user_id, seats_left, key: None })
            }
            5 => AnyCommand::LeaveQueue(LeaveQueueCommand { concert_id, number: self.number(roll), user_id }),
            6 => AnyCommand::ShowUp(ShowUpCommand { concert_id, number: self.number(roll), user_id }),
            7..10 => AnyCommand::AdmitWaiting(AdmitWaitingCommand { concert_id }),
            10 => AnyCommand::ConfigureQueue(self.configure(roll)),
            11..19 => AnyCommand::HoldSeats(self.hold(roll)),
            19 => {
                let (reservation_id, user_id) = self.reservation(roll);
                AnyCommand::CancelReservation(CancelReservationCommand { user_id, reservation_id })
            }
            20 => {
                let (reservation_id, user_id) = self.reservation(roll);
                AnyCommand::ExpireHold(ExpireHoldCommand { concert_id, user_id, reservation_id })
            }
            21..24 => AnyCommand::ChargePoints(ChargePointsCommand {
                entry_id: LedgerEntryId::new(self.id()),
                user_id,
                amount: Amount::whole(u32::from(three % 64) * 2),
                key: key(four % 64).unwrap(),
            }),
            24 => AnyCommand::EndLine(EndLineCommand { concert_id, seats_left: self.seats_left(roll) }),
            25 => AnyCommand::ChangeConcert(self.change_concert(roll)),
            26 => AnyCommand::ChangePerformance(self.change_performance(roll)),
            27 => {
                let keep = TimeDelta::days(30);
                let room = ClosedRoom { concert_id, last_start: self.now - keep * i32::from(three % 4) };
                AnyCommand::RemovePasses(RemovePassesCommand { room, keep })
            }
            28 => match self.refund(roll) {
                Some(refund) => AnyCommand::RefundPayment(refund),
                None => AnyCommand::CreditPoints(self.credit(roll)),
            },
            29 if four % 8 == 0 => {
                let performance = performance_of(concert, two % PERFORMANCES);
                AnyCommand::CancelPerformance(CancelPerformanceCommand {
                    concert_id: performance.concert_id,
                    performance_id: performance.id,
                    reason: reason(),
                    stamp: self.stamp(),
                    key: key(four),
                })
            }
            30 => AnyCommand::CheckInTicket(self.check_in(roll)),
            32 => AnyCommand::ChangeSeats(self.change_seats(roll)),
            33 => AnyCommand::ChangeSection(self.change_section(roll)),
            34 if five % 2 == 1 && three.is_multiple_of(2) => {
                AnyCommand::MakeDeviceCode(MakeDeviceCodeCommand {
                    user_id,
                    hash: device_code(two % USERS, four % 2),
                    sealed_token: SealedToken::new([two; 32]),
                })
            }
            34 if five % 2 == 1 => AnyCommand::UseDeviceCode(self.use_device_code(roll)),
            34 if three.is_multiple_of(2) => AnyCommand::CreateOperatorKey(self.create_operator_key(roll)),
            34 => AnyCommand::DeleteOperatorKey(self.delete_operator_key(roll)),
            35 => AnyCommand::CreateCharge(self.create_charge(roll)),
            36..38 => AnyCommand::RecordFinding(self.record_finding(roll)),
            _ => AnyCommand::PayReservation(self.pay(roll)),
        }
    }

    /// A seat limit that is no higher than that of the beginning.
    fn change_concert(&mut self, (_, one, _, three, four, _): Roll) -> ChangeConcertCommand {
        let limit = SeatLimit::parse(u32::from(three % 3) + 1).unwrap();
        ChangeConcertCommand {
            concert_id: concert_id(one % CONCERTS),
            change: ConcertChange { max_seats_per_user: Some(limit), ..ConcertChange::default() },
            stamp: self.stamp(),
            key: key(four),
        }
    }

    /// Times around now, or none.
    fn change_performance(&mut self, (_, one, two, three, four, five): Roll) -> ChangePerformanceCommand {
        let now = self.now;
        let near = |choice: u8| now + TimeDelta::minutes(i64::from(choice % 8) - 2);
        let cleared =
            |choice: u8| (!choice.is_multiple_of(3)).then(|| (choice % 3 == 1).then(|| near(choice)));
        let performance = performance_of(one % CONCERTS, two % PERFORMANCES);
        ChangePerformanceCommand {
            concert_id: performance.concert_id,
            performance_id: performance.id,
            change: PerformanceChange {
                starts_at: three.is_multiple_of(4).then(|| now + TimeDelta::minutes(i64::from(four))),
                sales_open_at: cleared(four),
                sales_close_at: cleared(five),
                refundable_until: cleared(three),
            },
            stamp: self.stamp(),
            key: key(four),
        }
    }

    /// A refund of some of the newest payments, by anybody.
    fn refund(&mut self, (_, _, two, three, four, five): Roll) -> Option<RefundPaymentCommand> {
        let payments: Vec<_> = self.set.payments.iter().map(|(_, payment)| payment.clone()).collect();
        let payment = payments.iter().rev().nth(usize::from(two % 4))?;
        let paid = PaidReservation::of(payment, self.set.reservations.get(payment.reservation_id)?);
        let seat = i64::from(payment.seats.get(usize::from(three) % payment.seats.len())?.get());
        let requester = match five % 4 {
            0 => RefundRequester::User,
            1 if self.set.performances.get(&paid.performance_id)?.is_cancelled() => {
                RefundRequester::Cancellation
            }
            _ => RefundRequester::Operator { stamp: self.stamp(), reason: reason() },
        };
        let key = key(four).filter(|_| requester != RefundRequester::Cancellation);
        Some(RefundPaymentCommand {
            refund_id: RefundId::new(self.id()),
            entry_id: LedgerEntryId::new(self.id()),
            paid,
            seats: (five % 3 > 0).then(|| SeatSelection::parse(&[seat]).unwrap()),
            requester,
            key,
        })
    }

    fn credit(&mut self, (_, _, two, three, four, five): Roll) -> CreditPointsCommand {
        let amount = Amount::whole(u32::from(three % 64));
        CreditPointsCommand {
            entry_id: LedgerEntryId::new(self.id()),
            user_id: user_id(two % USERS),
            change: if five % 2 == 0 { PointsChange::Debit(amount) } else { PointsChange::Credit(amount) },
            stamp: self.stamp(),
            reason: reason(),
            key: key(four % 64).unwrap(),
        }
    }

    /// Seats to block and to give back, now and then one that there is not.
    fn change_seats(&mut self, (_, one, two, three, four, five): Roll) -> ChangeSeatsCommand {
        let performance = performance_of(one % CONCERTS, two % PERFORMANCES);
        let (first, second) = (i64::from(three % SEATS) + 1, i64::from(five % (SEATS + 1)) + 1);
        let mut unblock = vec![(second, second)];
        unblock.retain(|range| range.0 != first);
        ChangeSeatsCommand {
            concert_id: performance.concert_id,
            performance_id: performance.id,
            change: SeatsChange::parse(&[(first, first)], &unblock).unwrap(),
            stamp: self.stamp(),
            key: key(four),
        }
    }

    fn create_operator_key(&mut self, (_, _, _, three, four, _): Roll) -> CreateOperatorKeyCommand {
        let id = self.id();
        let mut hash = [3; 32];
        hash[..16].copy_from_slice(id.as_bytes());
        CreateOperatorKeyCommand {
            id: OperatorKeyId::new(id),
            name: Text::parse(if three.is_multiple_of(4) { "Ada" } else { "Bob" }).unwrap(),
            role: Role::Support,
            hash: OperatorKeyHash::new(hash),
            stamp: self.stamp(),
            key: key(four),
        }
    }

    /// One of a few prices, now and then of a section that there is not.
    fn change_section(&mut self, (_, one, two, three, four, five): Roll) -> ChangeSectionCommand {
        let performance = performance_of(one % CONCERTS, two % PERFORMANCES);
        ChangeSectionCommand {
            concert_id: performance.concert_id,
            performance_id: performance.id,
            hall: hall(),
            section: if five % 8 == 0 { Text::parse("Balcony").unwrap() } else { section_name() },
            price: Amount::whole((u32::from(three % 4) + 1) * 10),
            stamp: self.stamp(),
            key: key(four),
        }
    }

    /// Deletes one of the newest keys, or one that never was.
    fn delete_operator_key(&mut self, (_, _, _, _, four, _): Roll) -> DeleteOperatorKeyCommand {
        let ids: Vec<_> = self.set.operator_keys.iter().map(|(id, _)| *id).collect();
        let newest = ids.iter().rev().nth(usize::from(four % 4)).copied();
        let id = newest.unwrap_or_else(|| OperatorKeyId::new(uuid::Uuid::nil()));
        DeleteOperatorKeyCommand { id, stamp: self.stamp() }
    }

    /// Uses a code that is good, mostly.
    fn use_device_code(&self, (_, _, two, _, four, five): Roll) -> UseDeviceCodeCommand {
        let mut codes = self.set.device_codes.iter().map(|(_, code)| code);
        let good = codes.find(|code| self.now < code.expires_at).map(|code| code.hash);
        let hash =
            good.filter(|_| !four.is_multiple_of(4)).unwrap_or_else(|| device_code(two % USERS, four % 2));
        UseDeviceCodeCommand { hashes: vec![hash], form: FormHash::new([five % 3; 32]) }
    }

    fn stamp(&mut self) -> AuditStamp {
        AuditStamp { entry_id: AuditEntryId::new(self.id()), operator: OperatorId::SEATLINE }
    }

    /// What somebody may have counted of the seats left, lately or before others joined.
    fn seats_left(&self, (_, one, _, three, four, _): Roll) -> SeatsLeft {
        let last_number = self.set.rooms.get(&concert_id(one % CONCERTS)).map_or(0, |room| room.last_number);
        SeatsLeft {
            as_of: self.now,
            last_number: last_number.saturating_sub(u64::from(four % 5 == 0)),
            has_performances: true,
            available: u64::from(three % 3 == 0),
            held: 0,
        }
    }

    /// The user's own live place, mostly; now and then any number, given out or not.
    fn number(&self, (_, one, two, three, _, five): Roll) -> Number {
        let own = self.set.passes.live_of(concert_id(one % CONCERTS), user_id(two % USERS));
        match own {
            Some(own) if five % 16 != 1 => own.number,
            _ => Number::new(u64::from(three % 12)),
        }
    }

    /// Somebody whose turn it is, mostly.
    fn customer(&self, roll: Roll) -> (UserId, Number) {
        let (_, one, two, _, _, five) = roll;
        let concert_id = concert_id(one % CONCERTS);
        let passes = self.set.passes.iter().filter(|pass| pass.concert_id == concert_id);
        let active: Vec<_> = passes.filter(|pass| pass.require_active(self.now).is_ok()).collect();
        match active.get(usize::from(two) % active.len().max(1)) {
            Some(pass) if five % 8 != 3 => (pass.user_id, pass.number),
            _ => (user_id(two % USERS), self.number(roll)),
        }
    }

    /// One of the newest reservations and its user, mostly.
    fn reservation(&self, (_, _, two, _, four, five): Roll) -> (ReservationId, UserId) {
        let all: Vec<_> = self.set.reservations.iter().collect();
        let newest = all.iter().rev().nth(usize::from(four % 4));
        let user = user_id(two % USERS);
        newest.map_or((ReservationId::new(uuid::Uuid::nil()), user), |one| {
            (one.id, if five % 16 == 4 { user } else { one.user_id })
        })
    }

    fn hold(&mut self, roll: Roll) -> HoldSeatsCommand {
        let (_, one, _, three, four, five) = roll;
        let concert = one % CONCERTS;
        let elsewhere = u8::from(five % 16 == 2);
        let (user_id, number) = self.customer(roll);
        let seats: Vec<i64> =
            (1..=SEATS + 1).filter(|seat| three >> (seat - 1) & 1 == 1).map(i64::from).collect();
        let first = i64::from(three % SEATS) + 1;
        HoldSeatsCommand {
            reservation_id: ReservationId::new(self.id()),
            user_id,
            concert_id: concert_id(concert),
            number,
            performance: self.target((concert + elsewhere) % CONCERTS, four % PERFORMANCES, five),
            seats: wanted(
                SeatSelection::parse(if five % 4 == 0 { &seats } else { &[] })
                    .unwrap_or_else(|_| SeatSelection::parse(&[first]).unwrap()),
                five,
            ),
            ttl: HOLD_TTL,
            key: key(four),
        }
    }

    /// A performance by its id or, now and then, by a date on which it is alone or with others.
    fn target(&self, concert: u8, performance: u8, chance: u8) -> HoldTarget {
        let with_seats = |available_seats| {
            let performances = (0..PERFORMANCES).map(|n| performance_of(concert, n));
            let availability =
                |performance| PerformanceAvailability { performance, available_seats, as_of: self.now };
            DateChoice::among(performances.map(availability).collect()).unwrap()
        };
        match chance % 8 {
            5 => HoldTarget::Date(DateChoice::only(performance_of(concert, performance))),
            6 => HoldTarget::Date(with_seats(0)),
            7 => HoldTarget::Date(with_seats(1)),
            _ => HoldTarget::Performance(performance_of(concert, performance)),
        }
    }

    fn pay(&mut self, roll: Roll) -> PayReservationCommand {
        let (_, one, _, _, four, _) = roll;
        let (reservation_id, user_id) = self.reservation(roll);
        let (payment_id, entry_id) = (PaymentId::new(self.id()), LedgerEntryId::new(self.id()));
        let own = self.set.reservations.of_user(reservation_id, user_id);
        let concert_id = own.map_or(concert_id(one % CONCERTS), |own| own.concert_id);
        let live = self.set.passes.live_of(concert_id, user_id).map(|pass| pass.number);
        let number = live.unwrap_or_else(|| self.number(roll));
        PayReservationCommand {
            payment_id,
            entry_id,
            user_id,
            concert_id,
            number,
            reservation_id,
            key: key(four),
        }
    }

    /// A seat of one of the newest reservations, mostly.
    fn check_in(&mut self, roll: Roll) -> CheckInTicketCommand {
        let (_, one, two, three, four, five) = roll;
        let paid: Vec<_> = self
            .set
            .reservations
            .iter()
            .filter(|one| matches!(one.state, ReservationState::Paid { .. }))
            .collect();
        let newest = paid.iter().rev().nth(usize::from(one % 2)).map(|paid| (paid.id, paid.user_id));
        let (reservation_id, user_id) =
            newest.filter(|_| five % 4 > 0).unwrap_or_else(|| self.reservation(roll));
        let own = self.set.reservations.get(reservation_id);
        let seat = own.and_then(|own| own.seat_numbers().nth(usize::from(three % 2)));
        let named = performance_of(one % CONCERTS, two % PERFORMANCES);
        let (concert_id, performance_id) =
            own.map_or((named.concert_id, named.id), |own| (own.concert_id, own.performance_id));
        let seat_number = seat.unwrap_or_else(|| SeatNumber::parse(1).unwrap());
        CheckInTicketCommand {
            check_in_id: CheckInId::new(self.id()),
            concert_id,
            performance_id,
            user_id,
            ticket_id: TicketId { reservation_id, seat_number },
            gate: None,
            stamp: self.stamp(),
            key: key(four),
        }
    }

    fn configure(&mut self, (_, one, _, three, four, five): Roll) -> ConfigureQueueCommand {
        let rate = (three % 2 == 0).then(|| AdmitRate::parse(u32::from(three) + 1).unwrap());
        ConfigureQueueCommand {
            concert_id: concert_id(one % CONCERTS),
            capacity: (four % 2 == 0).then(|| Capacity::parse(u32::from(four % 6) + 1).unwrap()),
            admit_per_minute: (five % 4 == 0).then_some(rate),
            status: (five % 3 == 0).then_some(if four % 5 == 0 {
                RoomStatus::Paused
            } else {
                RoomStatus::Open
            }),
            reason: None,
            stamp: AuditStamp { entry_id: AuditEntryId::new(self.id()), operator: OperatorId::SEATLINE },
            key: key(three),
        }
    }
}

fn reason() -> Reason {
    Reason::parse("Sorry").unwrap()
}

/// One of a few keys, or none.
pub(crate) fn key(choice: u8) -> Option<IdempotencyKey> {
    (choice < 64).then(|| IdempotencyKey::parse(&format!("key {}", choice % 32)).unwrap())
}
