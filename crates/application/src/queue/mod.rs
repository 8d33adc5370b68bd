//! The waiting room: joining, polling, watching and leaving it, and the boards that answer polls from memory.

mod admit_waiting;
mod announcements;
mod boards;
mod join_queue;
mod leave_queue;
mod line;
mod poll_queue;
mod refresh_boards;
mod show_queue;
mod standing;
mod token;
mod turn;
mod watch;

pub use admit_waiting::AdmitWaiting;
pub use boards::{Boards, Place, Word};
pub use join_queue::JoinQueue;
pub use leave_queue::LeaveQueue;
pub use line::Line;
pub use poll_queue::{PollError, PollQueue};
pub use refresh_boards::RefreshBoards;
pub use show_queue::{QueueError, ShowQueue};
pub use standing::{Standing, TokenStatus};
pub use token::{Holder, QueueKey, QueueKeyError, QueueToken, QueueTokens};
pub use turn::{RequireTurn, TurnError, TurnRefusal};
pub use watch::{Subscription, Told, WatchError, WatchQueue};
