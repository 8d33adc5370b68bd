//! Outcomes of commands, named like the published error codes.

use metrics::{Counter, counter};
use seatline_domain::commands::{ChargeError, CreateChargeError, HoldError, PayError, TurnError};
use seatline_domain::idempotency::Answer;
use seatline_domain::queue::PassRefusal;
use seatline_domain::seat::SeatRefusal;
use seatline_domain::seat::hall::BestSeatsError;
use seatline_domain::storage::StorageError;

/// The possible outcomes of a hold.
pub(super) const HOLD_OUTCOMES: &[&str] = &[
    CREATED,
    REPEATED,
    "not_admitted",
    "queue_token_expired",
    "queue_token_mismatch",
    "queue_token_invalid",
    "date_ambiguous",
    "performance_cancelled",
    "sales_not_open",
    "sales_closed",
    "performance_started",
    "seat_not_found",
    "section_not_found",
    "sold_out",
    "no_adjacent_seats",
    "seat_sold",
    "seat_blocked",
    "seat_held",
    "reservation_active",
    "seat_limit_exceeded",
    KEY_REUSED,
    "unavailable",
    "overloaded",
    "outcome_unknown",
    "internal_error",
];
/// The possible outcomes of a payment.
pub(super) const PAYMENT_OUTCOMES: &[&str] = &[
    CREATED,
    REPEATED,
    "not_admitted",
    "queue_token_expired",
    "queue_token_mismatch",
    "queue_token_invalid",
    "reservation_not_found",
    "hold_expired",
    "performance_cancelled",
    "reservation_not_payable",
    "insufficient_points",
    KEY_REUSED,
    "unavailable",
    "overloaded",
    "outcome_unknown",
    "internal_error",
];
/// The possible outcomes of a charge.
pub(super) const CHARGE_OUTCOMES: &[&str] = &[
    CREATED,
    REPEATED,
    INVALID,
    KEY_REUSED,
    "unavailable",
    "overloaded",
    "outcome_unknown",
    "internal_error",
];

const CREATED: &str = "created";
const REPEATED: &str = "repeated";
const KEY_REUSED: &str = "idempotency_key_reused";
const INVALID: &str = "invalid_value";

/// Counts the outcomes of one kind of command. All are there from the start, at zero.
pub(crate) struct Outcomes {
    counters: Vec<(&'static str, Counter)>,
}

impl Outcomes {
    pub(super) fn of(name: &'static str, outcomes: &[&'static str]) -> Self {
        let counter = |outcome| (outcome, counter!(name, "outcome" => outcome));
        Self { counters: outcomes.iter().copied().map(counter).collect() }
    }

    /// Counts an outcome.
    pub(crate) fn count(&self, outcome: &'static str) {
        if let Some((_, counter)) = self.counters.iter().find(|(known, _)| *known == outcome) {
            counter.increment(1);
        }
    }
}

/// The outcome of a hold.
pub(crate) fn hold_outcome<T>(result: &Result<Answer<T>, TurnError<HoldError>>) -> &'static str {
    match result {
        Ok(answer) => answered(answer),
        Err(TurnError::Refused(refusal)) => refused(*refusal),
        Err(TurnError::Failed(HoldError::DateAmbiguous(_))) => "date_ambiguous",
        Err(TurnError::Failed(HoldError::PerformanceCancelled)) => "performance_cancelled",
        Err(TurnError::Failed(HoldError::SalesNotOpen { .. })) => "sales_not_open",
        Err(TurnError::Failed(HoldError::SalesClosed { .. })) => "sales_closed",
        Err(TurnError::Failed(HoldError::PerformanceStarted { .. })) => "performance_started",
        Err(TurnError::Failed(HoldError::SeatNotFound(_))) => "seat_not_found",
        Err(TurnError::Failed(HoldError::NotChosen(BestSeatsError::SectionNotFound))) => "section_not_found",
        Err(TurnError::Failed(HoldError::NotChosen(BestSeatsError::SoldOut))) => "sold_out",
        Err(TurnError::Failed(HoldError::NotChosen(BestSeatsError::NoAdjacentSeats))) => "no_adjacent_seats",
        Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Sold, _))) => "seat_sold",
        Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Blocked, _))) => "seat_blocked",
        Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Held, _))) => "seat_held",
        Err(TurnError::Failed(HoldError::ReservationActive { .. })) => "reservation_active",
        Err(TurnError::Failed(HoldError::SeatLimitExceeded { .. })) => "seat_limit_exceeded",
        Err(TurnError::Failed(HoldError::KeyReused(_))) => KEY_REUSED,
        Err(TurnError::Failed(HoldError::Storage(error))) => failed(error),
    }
}

/// The outcome of a payment.
pub(crate) fn payment_outcome<T>(result: &Result<Answer<T>, TurnError<PayError>>) -> &'static str {
    match result {
        Ok(answer) => answered(answer),
        Err(TurnError::Failed(PayError::ReservationNotFound)) => "reservation_not_found",
        Err(TurnError::Refused(refusal)) => refused(*refusal),
        Err(TurnError::Failed(PayError::HoldExpired { .. })) => "hold_expired",
        Err(TurnError::Failed(PayError::PerformanceCancelled)) => "performance_cancelled",
        Err(TurnError::Failed(PayError::NotPayable)) => "reservation_not_payable",
        Err(TurnError::Failed(PayError::InsufficientPoints(_))) => "insufficient_points",
        Err(TurnError::Failed(PayError::KeyReused(_))) => KEY_REUSED,
        Err(TurnError::Failed(PayError::Storage(error))) => failed(error),
    }
}

/// The outcome of a charge.
pub(crate) fn charge_outcome<T>(result: &Result<Answer<T>, ChargeError>) -> &'static str {
    match result {
        Ok(answer) => answered(answer),
        Err(error) => refused_charge(error),
    }
}

/// The outcome of beginning a charge by a provider.
pub(crate) fn begun_charge_outcome<T>(result: &Result<Answer<T>, CreateChargeError>) -> &'static str {
    match result {
        Ok(answer) => answered(answer),
        Err(CreateChargeError::NotWhole) => INVALID,
        Err(CreateChargeError::Charge(error)) => refused_charge(error),
    }
}

fn refused_charge(error: &ChargeError) -> &'static str {
    match error {
        ChargeError::NotPositive | ChargeError::TooMuch | ChargeError::WalletFull(_) => INVALID,
        ChargeError::KeyReused(_) => KEY_REUSED,
        ChargeError::Storage(error) => failed(error),
    }
}

/// A replayed answer says what it said the first time; only the first time was something made.
fn answered<T>(answer: &Answer<T>) -> &'static str {
    if answer.created && !answer.replayed { CREATED } else { REPEATED }
}

fn refused(refusal: PassRefusal) -> &'static str {
    match refusal {
        PassRefusal::Waiting => "not_admitted",
        PassRefusal::Ended(_) => "queue_token_expired",
        PassRefusal::Mismatch => "queue_token_mismatch",
        PassRefusal::Unknown => "queue_token_invalid",
    }
}

fn failed(error: &StorageError) -> &'static str {
    match error {
        StorageError::Unavailable(_) => "unavailable",
        StorageError::Overloaded => "overloaded",
        StorageError::OutcomeUnknown(_) => "outcome_unknown",
        StorageError::Corrupt(_) => "internal_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatline_domain::Timestamp;
    use seatline_domain::id::ReservationId;
    use seatline_domain::idempotency::KeyReused;
    use seatline_domain::point::{Amount, InsufficientPoints, WalletFull};
    use seatline_domain::queue::PassEnd;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    /// Every outcome is one that is counted, and every one that is counted can come about.
    fn assert_counted(outcomes: impl IntoIterator<Item = &'static str>, counted: &[&'static str]) {
        let outcomes: BTreeSet<_> = outcomes.into_iter().collect();
        assert_eq!(outcomes, counted.iter().copied().collect());
    }

    fn answers() -> [Answer<()>; 4] {
        [Answer::created(()), Answer::existing(()), Answer::replayed((), true), Answer::replayed((), false)]
    }

    fn refusals() -> [PassRefusal; 4] {
        [PassRefusal::Waiting, PassRefusal::Ended(PassEnd::Left), PassRefusal::Mismatch, PassRefusal::Unknown]
    }

    fn failures() -> [StorageError; 4] {
        let text = String::new;
        [
            StorageError::Unavailable(text()),
            StorageError::Overloaded,
            StorageError::OutcomeUnknown(text()),
            StorageError::Corrupt(text()),
        ]
    }

    #[test]
    fn only_the_first_answer_made_something() {
        let outcomes = answers().map(|answer| charge_outcome(&Ok(answer)));
        assert_eq!(outcomes, ["created", "repeated", "repeated", "repeated"]);
    }

    #[test]
    fn every_outcome_of_a_hold_is_counted() {
        let taken = [SeatRefusal::Sold, SeatRefusal::Blocked, SeatRefusal::Held];
        let errors = [
            HoldError::DateAmbiguous(Vec::new()),
            HoldError::PerformanceCancelled,
            HoldError::SalesNotOpen { opens_at: Timestamp::default() },
            HoldError::SalesClosed { closed_at: Timestamp::default() },
            HoldError::PerformanceStarted { starts_at: Timestamp::default() },
            HoldError::SeatNotFound(Vec::new()),
            HoldError::NotChosen(BestSeatsError::SectionNotFound),
            HoldError::NotChosen(BestSeatsError::SoldOut),
            HoldError::NotChosen(BestSeatsError::NoAdjacentSeats),
            HoldError::ReservationActive { reservation_id: ReservationId::new(Uuid::nil()) },
            HoldError::SeatLimitExceeded { limit: 1 },
            HoldError::KeyReused(KeyReused),
        ];
        let errors = errors
            .into_iter()
            .chain(taken.map(|refusal| HoldError::SeatTaken(refusal, Vec::new())))
            .chain(failures().map(HoldError::Storage))
            .map(TurnError::Failed)
            .chain(refusals().map(TurnError::Refused));
        let results = answers().map(Ok).into_iter().chain(errors.map(Err));
        assert_counted(results.map(|result| hold_outcome(&result)), HOLD_OUTCOMES);
    }

    #[test]
    fn every_outcome_of_a_payment_is_counted() {
        let short = InsufficientPoints { balance: Amount::ZERO, required: Amount::whole(1) };
        let errors = [
            PayError::ReservationNotFound,
            PayError::HoldExpired { expires_at: Timestamp::default() },
            PayError::PerformanceCancelled,
            PayError::NotPayable,
            PayError::InsufficientPoints(short),
            PayError::KeyReused(KeyReused),
        ];
        let errors = errors
            .into_iter()
            .chain(failures().map(PayError::Storage))
            .map(TurnError::Failed)
            .chain(refusals().map(TurnError::Refused));
        let results = answers().map(Ok).into_iter().chain(errors.map(Err));
        assert_counted(results.map(|result| payment_outcome(&result)), PAYMENT_OUTCOMES);
    }

    fn charge_errors() -> impl Iterator<Item = ChargeError> {
        let errors = [
            ChargeError::NotPositive,
            ChargeError::TooMuch,
            ChargeError::WalletFull(WalletFull),
            ChargeError::KeyReused(KeyReused),
        ];
        errors.into_iter().chain(failures().map(ChargeError::Storage))
    }

    #[test]
    fn every_outcome_of_a_charge_is_counted() {
        let results = answers().map(Ok).into_iter().chain(charge_errors().map(Err));
        assert_counted(results.map(|result| charge_outcome(&result)), CHARGE_OUTCOMES);
    }

    #[test]
    fn every_outcome_of_beginning_a_charge_is_counted() {
        let errors = charge_errors().map(CreateChargeError::Charge).chain([CreateChargeError::NotWhole]);
        let results = answers().map(Ok).into_iter().chain(errors.map(Err));
        assert_counted(results.map(|result| begun_charge_outcome(&result)), CHARGE_OUTCOMES);
    }
}
