//! The waiting room: joining, polling, watching and leaving it, and the boards that answer polls from memory.

mod admit_waiting;
mod boards;
mod end_sold_out_lines;
mod join_queue;
mod leave_queue;
mod line;
mod poll_queue;
mod published_time;
mod queue_position;
mod refresh_boards;
mod remove_old_passes;
mod show_board;
mod show_queue;
mod token;
mod turn;
mod watch;

pub use admit_waiting::AdmitWaiting;
pub use boards::{BoardAnswer, Boards, WaitingPosition};
pub use end_sold_out_lines::EndSoldOutLines;
pub use join_queue::JoinQueue;
pub use leave_queue::LeaveQueue;
pub use line::Line;
pub use poll_queue::{PollError, PollQueue};
pub use queue_position::{QueueOutlook, QueuePosition, QueueStatus, TokenStatus};
pub use refresh_boards::RefreshBoards;
pub use remove_old_passes::RemoveOldPasses;
pub use show_board::ShowBoard;
pub use show_queue::{QueueError, ShowQueue};
pub use token::{Holder, QueueKey, QueueKeyError, QueueToken, QueueTokens};
pub use turn::{RequireTurn, TurnRefusal};
pub use watch::{LastSent, Subscription, WatchError, WatchQueue};
