use std::collections::BTreeMap;

use seatline_domain::audit::AuditEntry;
use seatline_domain::charge::Charge;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::{ChargeId, ConcertId, OperatorKeyId, PerformanceId, ReservationId, UserId};
use seatline_domain::idempotency::{IdempotencyKey, KeyOwner, Recorded};
use seatline_domain::operator_key::OperatorKey;
use seatline_domain::payment::Payment;
use seatline_domain::point::{LedgerEntry, Wallet};
use seatline_domain::queue::{Number, Pass, PassState, Room};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{Seat, SeatKey};
use seatline_domain::ticket::{CheckIn, TicketId};
use seatline_domain::user::DeviceCode;
use seatline_domain::working_set::WorkingSet;

/// The rows of a working set, as they would be stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    pub(crate) concerts: BTreeMap<ConcertId, Concert>,
    pub(crate) performances: BTreeMap<PerformanceId, Performance>,
    pub(crate) rooms: BTreeMap<ConcertId, Room>,
    pub(crate) passes: BTreeMap<(ConcertId, Number), Pass>,
    pub(crate) reservations: BTreeMap<ReservationId, Reservation>,
    pub(crate) seats: BTreeMap<SeatKey, Seat>,
    pub(crate) wallets: BTreeMap<UserId, Wallet>,
    pub(crate) payments: BTreeMap<ReservationId, Payment>,
    pub(crate) charges: BTreeMap<ChargeId, Charge>,
    pub(crate) operator_keys: BTreeMap<OperatorKeyId, OperatorKey>,
    pub(crate) device_codes: BTreeMap<UserId, DeviceCode>,
    pub(crate) keys: BTreeMap<(KeyOwner, IdempotencyKey), Recorded>,
    pub(crate) check_ins: BTreeMap<(PerformanceId, TicketId), CheckIn>,
    pub(crate) entries: Vec<LedgerEntry>,
    pub(crate) audit: Vec<AuditEntry>,
}

fn copied<K: Clone + Ord, V: Clone>(rows: impl Iterator<Item = (K, V)>) -> BTreeMap<K, V> {
    rows.collect()
}

impl Rows {
    pub(crate) fn of(set: &WorkingSet) -> Self {
        Self {
            concerts: copied(set.concerts.iter().map(|(key, row)| (*key, row.clone()))),
            performances: copied(set.performances.iter().map(|(key, row)| (*key, row.clone()))),
            rooms: copied(set.rooms.iter().map(|(key, row)| (*key, row.clone()))),
            passes: copied(set.passes.iter().map(|pass| ((pass.concert_id, pass.number), pass.clone()))),
            // That is a column of the performance.
            reservations: copied(
                set.reservations
                    .iter()
                    .map(|one| (one.id, Reservation { performance_cancelled_at: None, ..one.clone() })),
            ),
            seats: copied(set.seats.iter().map(|(key, row)| (*key, row.clone()))),
            wallets: copied(set.wallets.iter().map(|(key, row)| (*key, row.clone()))),
            payments: copied(set.payments.iter().map(|(key, row)| (*key, row.clone()))),
            charges: copied(set.charges.iter().map(|(key, row)| (*key, row.clone()))),
            operator_keys: copied(set.operator_keys.iter().map(|(key, row)| (*key, row.clone()))),
            device_codes: copied(set.device_codes.iter().map(|(key, row)| (*key, row.clone()))),
            keys: copied(set.keys.iter().map(|(key, row)| (key.clone(), row.clone()))),
            check_ins: copied(set.check_ins.iter().map(|(key, row)| (*key, row.clone()))),
            entries: set.entries.clone(),
            audit: set.audit.clone(),
        }
    }

    /// These rows after what was decided on some of them is stored.
    pub(crate) fn overlaid_with(&self, decided: &Self) -> Self {
        let mut stored = self.clone();
        let Self {
            concerts,
            performances,
            rooms,
            passes,
            reservations,
            seats,
            wallets,
            payments,
            charges,
            operator_keys,
            device_codes,
            keys,
            check_ins,
            entries,
            audit,
        } = decided.clone();
        stored.concerts.extend(concerts);
        stored.performances.extend(performances);
        stored.rooms.extend(rooms);
        stored.passes.extend(passes);
        let removed_up_to: BTreeMap<_, _> =
            stored.rooms.iter().map(|(id, room)| (*id, room.removed_up_to)).collect();
        stored.passes.retain(|(concert_id, number), _| {
            removed_up_to.get(concert_id).is_none_or(|removed| number.get() > *removed)
        });
        stored.reservations.extend(reservations);
        stored.seats.extend(seats);
        stored.wallets.extend(wallets);
        stored.payments.extend(payments);
        stored.charges.extend(charges);
        stored.operator_keys.extend(operator_keys);
        stored.device_codes.extend(device_codes);
        // What a key did stays; only how it stands now was loaded.
        let anew = |(key, recorded): &(_, Recorded)| {
            self.keys.get(key).is_none_or(|before: &Recorded| before.recorded_at != recorded.recorded_at)
        };
        stored.keys.extend(keys.into_iter().filter(anew));
        stored.check_ins.extend(check_ins);
        stored.entries.extend(entries);
        stored.audit.extend(audit);
        stored
    }

    /// How many passes of a room are stored as active.
    pub(crate) fn active_in(&self, concert_id: ConcertId) -> u64 {
        let active = self.passes_of(concert_id).filter(|pass| matches!(pass.state, PassState::Active { .. }));
        active.count().try_into().unwrap()
    }

    pub(crate) fn passes_of(&self, concert_id: ConcertId) -> impl Iterator<Item = &Pass> {
        self.passes.values().filter(move |pass| pass.concert_id == concert_id)
    }

    /// How many seats of a concert a user has bought.
    pub(crate) fn bought(&self, concert_id: ConcertId, user_id: UserId) -> u32 {
        let own =
            self.reservations.values().filter(|one| (one.concert_id, one.user_id) == (concert_id, user_id));
        let paid = own.filter(|one| matches!(one.state, ReservationState::Paid { .. }));
        let left = paid.map(|one| self.payments.get(&one.id).unwrap().seats_left().count());
        u32::try_from(left.sum::<usize>()).unwrap()
    }

    /// A working set that holds all of it.
    pub(crate) fn into_set(self) -> WorkingSet {
        let mut set = WorkingSet::default();
        for (concert_id, concert) in &self.concerts {
            set.concerts.load(*concert_id, concert.clone());
        }
        for (performance_id, performance) in &self.performances {
            set.performances.load(*performance_id, performance.clone());
        }
        for (concert_id, room) in &self.rooms {
            set.rooms.load(*concert_id, room.clone());
            set.passes.load_active(*concert_id, self.active_in(*concert_id));
            set.passes.load_queue_head(*concert_id, Number::MAX);
            set.passes.load_line_end(*concert_id, Number::MAX);
        }
        for reservation in self.reservations.values() {
            let holder = (reservation.concert_id, reservation.user_id);
            set.bought.insert(holder, self.bought(holder.0, holder.1));
        }
        self.passes.into_values().for_each(|pass| set.passes.load(pass));
        for reservation in self.reservations.into_values() {
            let performance = self.performances.get(&reservation.performance_id).unwrap();
            let performance_cancelled_at =
                performance.cancellation.as_ref().map(|cancellation| cancellation.at);
            set.reservations.load(Reservation { performance_cancelled_at, ..reservation });
        }
        self.concerts.into_iter().for_each(|(key, concert)| set.concerts.load(key, concert));
        self.performances.into_iter().for_each(|(key, performance)| set.performances.load(key, performance));
        self.seats.into_iter().for_each(|(key, seat)| set.seats.load(key, seat));
        self.wallets.into_iter().for_each(|(key, wallet)| set.wallets.load(key, wallet));
        self.payments.into_iter().for_each(|(key, payment)| set.payments.load(key, payment));
        self.charges.into_iter().for_each(|(key, charge)| set.charges.load(key, charge));
        self.operator_keys.into_iter().for_each(|(key, made)| set.operator_keys.load(key, made));
        self.device_codes.into_iter().for_each(|(user, code)| set.device_codes.load(user, code));
        self.keys.into_iter().for_each(|(key, recorded)| set.keys.load(key, recorded));
        self.check_ins.into_iter().for_each(|(key, check_in)| set.check_ins.load(key, check_in));
        set.entries = self.entries;
        set.audit = self.audit;
        set
    }
}
