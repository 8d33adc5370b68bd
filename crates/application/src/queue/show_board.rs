use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::AnnouncedBoards;
use seatline_domain::queue::{AnnouncedBoard, policy};
use seatline_domain::storage::StorageError;
use tokio::sync::{Mutex as Turn, Semaphore};
use tokio::time::{Instant, timeout};

use super::{Line, QueueError};

/// Shows the announced board of a waiting room, the same on every instance, and announces the next one when it is due and
/// somebody asks. So rooms of which nobody asks cost nothing, and a room of which many ask costs a look-up a second.
pub struct ShowBoard {
    line: Arc<Line>,
    announced: Arc<dyn AnnouncedBoards>,
    rooms: Mutex<HashMap<ConcertId, Arc<Room>>>,
    /// Bounds how many rooms are announced at the same time, however many are asked about.
    announcing: Semaphore,
}

/// What this instance knows of one room.
#[derive(Default)]
struct Room {
    known: Mutex<Option<Known>>,
    /// Held by whoever looks it up; how the last look-up failed.
    look_up: Turn<Option<Failed>>,
}

/// A board that was announced, and until when no other one is.
#[derive(Clone)]
struct Known {
    board: Arc<AnnouncedBoard>,
    until: Instant,
}

/// How the last look-up failed, if it did.
struct Failed {
    asked: Instant,
    error: QueueError,
}

impl ShowBoard {
    /// The most rooms that are announced at the same time.
    const ANNOUNCING_MAX: usize = 2;
    /// The longest wait for others to be announced.
    const ANNOUNCING_WAIT: Duration = Duration::from_secs(1);
    /// The most rooms of which something is remembered beyond its time.
    const ROOMS_MAX: usize = 1_000;
    /// How often it is looked again when another instance was faster.
    const ATTEMPTS: usize = 3;
    /// How old a count of the seats is announced at most.
    const COUNT_AGE_MAX: Duration = Duration::from_millis(500);

    /// Announces by what this line tells.
    pub fn new(line: Arc<Line>, announced: Arc<dyn AnnouncedBoards>) -> Self {
        Self { line, announced, rooms: Mutex::default(), announcing: Semaphore::new(Self::ANNOUNCING_MAX) }
    }

    /// The board. Single-flight: however many ask at the same time, one look-up serves them, also when it fails.
    ///
    /// # Errors
    /// [`QueueError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(&self, concert_id: ConcertId) -> Result<Arc<AnnouncedBoard>, QueueError> {
        let room = self.room(concert_id);
        if let Some(board) = room.board() {
            return Ok(board);
        }
        let arrived = Instant::now();
        let mut failed = room.look_up.lock().await;
        if let Some(board) = room.board() {
            return Ok(board);
        }
        if let Some(Failed { asked, error }) = &*failed
            && *asked >= arrived
        {
            return Err(error.clone());
        }
        *failed = None;
        let asked = Instant::now();
        match self.look_up(concert_id).await {
            Ok(known) => {
                let board = known.board.clone();
                *lock(&room.known) = Some(known);
                Ok(board)
            }
            Err(error) => {
                *failed = Some(Failed { asked, error: error.clone() });
                Err(error)
            }
        }
    }

    /// Reads the board that was announced last; announces the next one where that is due.
    async fn look_up(&self, concert_id: ConcertId) -> Result<Known, QueueError> {
        let permit = timeout(Self::ANNOUNCING_WAIT, self.announcing.acquire()).await;
        let Ok(Ok(_permit)) = permit else { return Err(busy().into()) };
        for _ in 0..Self::ATTEMPTS {
            let asked = Instant::now();
            let last = self.announced.last(concert_id).await?;
            let known = |board: AnnouncedBoard, current_for: TimeDelta| {
                let current_for = current_for.to_std().unwrap_or_default();
                Known { board: Arc::new(board), until: asked + current_for }
            };
            let current_for = |board: &AnnouncedBoard| policy::announced_for(board.announced_at, last.as_of);
            if let Some(board) = last.board.clone()
                && let Some(time) = current_for(&board)
            {
                return Ok(known(board, time));
            }
            let board = self.newest(concert_id).await?;
            if let Some(before) = last.board.clone()
                && !board.follows(&before, last.as_of)
            {
                return Ok(known(before, policy::PUBLISH_EVERY));
            }
            let after = last.board.as_ref().map(|before| before.announced_at);
            if self.announced.announce(board.clone(), after).await? {
                let time = current_for(&board).unwrap_or(policy::PUBLISH_EVERY);
                return Ok(known(board, time));
            }
        }
        Err(busy().into())
    }

    /// The line as it is published now.
    async fn newest(&self, concert_id: ConcertId) -> Result<AnnouncedBoard, QueueError> {
        let counted = self.line.boards.available_seats(concert_id, Self::COUNT_AGE_MAX);
        let available = if let Some(available) = counted {
            available
        } else {
            let left = self.line.seats_left(concert_id).await?;
            left.ok_or(QueueError::ConcertNotFound)?.available
        };
        let announced_at = self.line.catch_up().await?;
        if let Some(board) = self.line.boards.announced(concert_id, available) {
            return Ok(board);
        }
        // Somebody may have joined just now; else nobody waits.
        self.line.refresh.execute().await?;
        if let Some(board) = self.line.boards.announced(concert_id, available) {
            return Ok(board);
        }
        let figures = self.line.reader.figures(concert_id).await?.ok_or(QueueError::ConcertNotFound)?;
        Ok(AnnouncedBoard {
            concert_id,
            announced_at,
            status: figures.status,
            served: figures.now_serving,
            last_number: figures.last_number,
            departures: Vec::new(),
            available_seats: available,
        })
    }

    fn room(&self, concert_id: ConcertId) -> Arc<Room> {
        let mut rooms = lock(&self.rooms);
        if rooms.len() >= Self::ROOMS_MAX && !rooms.contains_key(&concert_id) {
            rooms.retain(|_, room| Arc::strong_count(room) > 1 || room.board().is_some());
        }
        rooms.entry(concert_id).or_default().clone()
    }
}

impl Room {
    /// The board that is known to be announced now.
    fn board(&self) -> Option<Arc<AnnouncedBoard>> {
        let known = lock(&self.known);
        known.as_ref().filter(|known| Instant::now() < known.until).map(|known| known.board.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn busy() -> StorageError {
    StorageError::Unavailable("boards of many rooms are asked for".into())
}
