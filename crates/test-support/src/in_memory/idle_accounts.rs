use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::id::UserId;
use seatline_domain::ports::{IdleAccounts, IdleRemoval};
use seatline_domain::queue::PassState;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccountTraces, removal_cutoff};

use super::{InMemory, State};

#[async_trait]
impl IdleAccounts for InMemory {
    async fn find_idle(
        &self,
        after: Option<UserId>,
        keep: TimeDelta,
        limit: u16,
    ) -> Result<Option<UserId>, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        let next = state.registered_at.keys().filter(|user_id| after.is_none_or(|after| **user_id > after));
        let next: Vec<_> = next.take(limit.into()).copied().collect();
        for user_id in &next {
            if state.traces_of(*user_id).is_some_and(|traces| traces.is_idle(keep, now)) {
                state.idle.entry(*user_id).or_insert(now);
            }
        }
        Ok(next.last().copied().filter(|_| next.len() == usize::from(limit)))
    }

    async fn remove_idle(&self, keep: TimeDelta, limit: u16) -> Result<IdleRemoval, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        let found = state.idle.iter().filter(|(_, found_at)| **found_at <= removal_cutoff(now));
        let found: Vec<_> = found.take(limit.into()).map(|(user_id, _)| *user_id).collect();
        let mut done = IdleRemoval { looked_at: found.len(), removed: 0 };
        for user_id in found {
            state.idle.remove(&user_id);
            if state.traces_of(user_id).is_some_and(|traces| traces.is_idle(keep, now)) {
                state.set.accounts.retain(|account| account.user.id != user_id);
                state.set.wallets.remove(&user_id);
                state.registered_at.remove(&user_id);
                done.removed += 1;
            }
        }
        Ok(done)
    }
}

impl State {
    fn traces_of(&self, user_id: UserId) -> Option<AccountTraces> {
        let is_live = |state: PassState| !matches!(state, PassState::Ended { .. });
        Some(AccountTraces {
            user_id,
            registered_at: *self.registered_at.get(&user_id)?,
            has_entries: self.set.wallets.get(&user_id)?.entries > 0
                || self.set.charges.iter().any(|(_, charge)| charge.user_id == user_id),
            has_reservations: self.set.reservations.iter().any(|one| one.user_id == user_id),
            is_in_line: self.set.passes.iter().any(|pass| pass.user_id == user_id && is_live(pass.state)),
        })
    }
}
