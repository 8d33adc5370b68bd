use std::sync::Arc;

use chrono::TimeDelta;
use mockall::Sequence;
use mockall::predicate::eq;
use seatline_application::accounts::RemoveIdleAccounts;
use seatline_application::idempotency::DeleteExpiredKeys;
use seatline_application::queue::RemoveOldPasses;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::ports::{
    IdleRemoval, MockIdempotencyKeys, MockIdleAccounts, MockQueueReader, MockWaitingRooms,
};
use seatline_domain::queue::ClosedRoom;
use uuid::Uuid;

use crate::samples::{now, unavailable};

const KEEP: TimeDelta = TimeDelta::days(90);

#[tokio::test(start_paused = true)]
async fn a_step_forgets_a_bounded_number_of_keys_and_says_how_many() {
    for answer in [Ok(500), Ok(3), Err(unavailable())] {
        let mut keys = MockIdempotencyKeys::new();
        let expected = answer.clone();
        keys.expect_delete_expired().with(eq(500)).times(1).return_once(|_| answer);
        let forget = DeleteExpiredKeys { keys: Arc::new(keys) };
        assert_eq!(forget.execute().await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_are_looked_at_step_by_step_and_then_anew() {
    let mut accounts = MockIdleAccounts::new();
    let (mut order, last) = (Sequence::new(), UserId::new(Uuid::from_u128(500)));
    for (after, answer) in
        [(None, Ok(Some(last))), (Some(last), Err(unavailable())), (Some(last), Ok(None)), (None, Ok(None))]
    {
        let find = accounts.expect_find_idle().with(eq(after), eq(KEEP), eq(500)).times(1);
        find.in_sequence(&mut order).return_once(|_, _, _| answer);
    }
    let remove = RemoveIdleAccounts::new(Arc::new(accounts), Some(KEEP));
    assert_eq!(remove.find().await, Ok(500), "there may be more");
    assert_eq!(remove.find().await, Err(unavailable()));
    assert_eq!(remove.find().await, Ok(0), "the same accounts once more, and that is all");
    assert_eq!(remove.find().await, Ok(0), "from the beginning");
}

#[tokio::test(start_paused = true)]
async fn a_step_removes_a_bounded_number_of_accounts_and_says_how_many_it_looked_at() {
    let mut accounts = MockIdleAccounts::new();
    let done = IdleRemoval { looked_at: 500, removed: 3 };
    accounts.expect_remove_idle().with(eq(KEEP), eq(500)).times(1).return_once(move |_, _| Ok(done));
    assert_eq!(RemoveIdleAccounts::new(Arc::new(accounts), Some(KEEP)).remove().await, Ok(500));
}

#[tokio::test(start_paused = true)]
async fn passes_are_removed_room_by_room_and_one_that_fails_keeps_no_other_from_it() {
    let rooms: Vec<_> = (1..=3)
        .map(|number| ClosedRoom { concert_id: ConcertId::new(Uuid::from_u128(number)), last_start: now() })
        .collect();
    for second in [Ok(7), Err(unavailable())] {
        let (mut reader, mut changes) = (MockQueueReader::new(), MockWaitingRooms::new());
        let found = rooms.clone();
        reader.expect_closed_rooms().with(eq(KEEP), eq(100)).times(1).return_once(|_, _| Ok(found));
        let (failing, answer) = (rooms[1].concert_id, second.clone());
        changes.expect_remove_passes().times(3).returning(move |command| {
            assert_eq!(command.keep, KEEP);
            if command.room.concert_id == failing { answer.clone() } else { Ok(500) }
        });
        let (reader, rooms) = (Arc::new(reader), Arc::new(changes));
        let remove = RemoveOldPasses { reader, rooms, keep: Some(KEEP) };
        assert_eq!(remove.execute().await, second.map(|passes| passes + 1_000));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_for_ever_is_not_looked_for() {
    let accounts = RemoveIdleAccounts::new(Arc::new(MockIdleAccounts::new()), None);
    assert_eq!((accounts.find().await, accounts.remove().await), (Ok(0), Ok(0)));
    let (reader, rooms) = (Arc::new(MockQueueReader::new()), Arc::new(MockWaitingRooms::new()));
    assert_eq!(RemoveOldPasses { reader, rooms, keep: None }.execute().await, Ok(0));
}
