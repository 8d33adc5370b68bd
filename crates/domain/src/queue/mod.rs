//! The waiting room: people join at the end of the line, are admitted strictly in its order, and leave it again.
//!
//! One [`Room`] per concert. Joining gives a [`Pass`] with the next [`Number`]; numbers are dense and in the order in
//! which the joins were committed. A pass waits, becomes active when it is admitted, and ends by completing (paid),
//! expiring or leaving. [`Board`] is what an instance keeps in memory to answer polls without asking the database.

mod admission_rate;
mod admit;
mod board;
mod configure;
mod error;
mod join;
mod leave;
mod pass;
mod pass_state;
pub mod policy;
mod port;
mod refusal;
mod room;
mod settings;
mod show_up;
mod throttle;

pub use admit::{AdmitWaitingCommand, Admitted};
pub use board::{Admission, Board, BoardNews, BoardSeen, BoardUpdate, Departure};
pub use configure::ConfigureQueueCommand;
pub use error::{ConfigureError, JoinError, LeaveError, SettingsError};
pub use join::{JoinQueueCommand, Joined};
pub use leave::LeaveQueueCommand;
pub use pass::{Number, Pass, PassAt, QueueClaims};
pub use pass_state::{PassEnd, PassState};
#[cfg(any(test, feature = "mocks"))]
pub use port::{MockQueueReader, MockWaitingRooms};
pub use port::{QueueReader, WaitingRooms};
pub use refusal::{PassError, PassRefusal, TurnError};
pub use room::{Room, RoomFigures, RoomStatus};
pub use settings::{Capacity, RoomSettings};
pub use show_up::ShowUpCommand;
pub use throttle::{AdmitRate, Throttle};
