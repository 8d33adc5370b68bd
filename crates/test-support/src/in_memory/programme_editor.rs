use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Facts, facts};
use seatline_domain::commands::{ChangeConcertCommand, ChangePerformanceCommand, ChangeSectionCommand};
use seatline_domain::concert::{
    Concert, ConcertError, NewConcert, NewPerformance, Performance, PerformanceError,
};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use seatline_domain::ports::ProgrammeEditor;
use seatline_domain::queue::{Number, Room};

use super::{InMemory, State};

#[async_trait]
impl ProgrammeEditor for InMemory {
    async fn add_concert(
        &self,
        new: NewConcert,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<ConcertId>, ConcertError> {
        let (mut state, now) = (self.state(), self.now());
        let (owner, fingerprint) = (KeyOwner::Operator(stamp.operator), new.fingerprint());
        match state.set.recorded(owner, key.as_ref(), || fingerprint.clone(), now)? {
            Some(Outcome::ConcertAdded(id)) => return Ok(Answer::replayed(*id, true)),
            Some(_) => return Err(KeyReused.into()),
            None => {}
        }
        let NewConcert { concert, queue } = new;
        state.set.rooms.insert(concert.id, Room::open(concert.id, queue));
        state.set.passes.load_active(concert.id, 0);
        state.set.passes.load_queue_head(concert.id, Number::MAX);
        state.set.passes.load_line_end(concert.id, Number::MAX);
        let after = facts([
            ("title", concert.title.as_str().into()),
            ("venue", concert.venue.as_str().into()),
            ("timezone", concert.timezone.name().into()),
            ("maxSeatsPerUser", concert.max_seats_per_user.get().into()),
        ]);
        state.record(stamp, concert.id, AuditAction::ConcertAdded, after, now);
        if let Some(key) = &key {
            state.set.record(owner, key, fingerprint, Outcome::ConcertAdded(concert.id), now);
        }
        let id = concert.id;
        state.concerts.push(id);
        state.set.concerts.insert(id, concert);
        Ok(Answer::created(id))
    }

    async fn add_performance(
        &self,
        new: NewPerformance,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<PerformanceId>, PerformanceError> {
        let (mut state, now) = (self.state(), self.now());
        let (owner, fingerprint) = (KeyOwner::Operator(stamp.operator), new.fingerprint());
        match state.set.recorded(owner, key.as_ref(), || fingerprint.clone(), now)? {
            Some(Outcome::PerformanceAdded(id)) => return Ok(Answer::replayed(*id, true)),
            Some(_) => return Err(KeyReused.into()),
            None => {}
        }
        new.check_start(now)?;
        let NewPerformance { performance, hall, .. } = new;
        if state.concert(performance.concert_id).is_none() {
            return Err(PerformanceError::ConcertNotFound);
        }
        for seat in hall.free_seats(performance.id) {
            state.set.seats.insert(seat.key, seat);
        }
        state.halls.insert(performance.id, Arc::new(hall));
        let after = facts([
            ("performanceId", performance.id.to_string().into()),
            ("startsAt", performance.starts_at.into()),
            ("totalSeats", performance.total_seats.into()),
        ]);
        state.record(stamp, performance.concert_id, AuditAction::PerformanceAdded, after, now);
        let id = performance.id;
        if let Some(key) = &key {
            state.set.record(owner, key, fingerprint, Outcome::PerformanceAdded(id), now);
        }
        state.performances.push(id);
        state.set.performances.insert(id, performance);
        Ok(Answer::created(id))
    }

    async fn change_concert(&self, command: ChangeConcertCommand) -> Result<Answer<Concert>, ConcertError> {
        self.decide(&command)
    }

    async fn change_performance(
        &self,
        command: ChangePerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        self.decide(&command)
    }

    async fn change_section(
        &self,
        command: ChangeSectionCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        self.decide(&command)
    }
}

impl State {
    fn record(
        &mut self,
        stamp: AuditStamp,
        concert_id: ConcertId,
        action: AuditAction,
        after: Facts,
        at: Timestamp,
    ) {
        self.set.audit.push(AuditEntry { stamp, concert_id, action, before: None, after, at });
    }
}
