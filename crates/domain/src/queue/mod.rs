//! The waiting room: people join at the end of the line, are admitted strictly in its order, and leave it again.
//!
//! One [`Room`] per concert. Joining gives a [`Pass`] with the next [`Number`]; numbers are dense and in the order in
//! which the joins were committed. A pass waits, becomes active when it is admitted, and ends by completing (paid),
//! expiring or leaving, or with the whole line when nothing is left. [`Board`] is what an instance keeps in memory to answer polls without asking the database; [`AnnouncedBoard`] is what anybody may read of it.

mod admission_rate;
mod announced_board;
mod board;
mod departure_sums;
mod error;
mod forecast;
mod line_end;
mod number;
mod pass;
mod pass_state;
pub mod policy;
mod refusal;
mod room;
mod settings;
mod throttle;

pub use announced_board::{AnnouncedBoard, LastAnnounced};
pub use board::{Admission, Board, BoardNews, BoardUpdate, BoardWatermark, Departure};
pub use departure_sums::{DepartureSum, DepartureSums};
pub use error::SettingsError;
pub use forecast::WaitForecast;
pub use line_end::LineEnd;
pub use number::Number;
pub use pass::{Pass, PassAt, QueueClaims};
pub use pass_state::{PassEnd, PassState};
pub use refusal::{PassError, PassRefusal};
pub use room::{ClosedRoom, Room, RoomFigures, RoomStatus};
pub use settings::{Capacity, RoomSettings};
pub use throttle::{AdmitRate, Throttle};
