//! What operators do: add to the programme, correct it, steer the waiting room, look at sales and at what was changed.

mod add_concert;
mod add_performance;
mod change_concert;
mod change_performance;
mod change_seats;
mod change_section;
mod check_invariants;
mod configure_queue;
mod list_audit;
mod show_sales;

pub use add_concert::{AddConcert, ConcertRequest};
pub use add_performance::{AddPerformance, AddedPerformance};
pub use change_concert::ChangeConcert;
pub use change_performance::ChangePerformance;
pub use change_seats::ChangeSeats;
pub use change_section::ChangeSection;
pub use check_invariants::CheckInvariants;
pub use configure_queue::{ConfigureQueue, QueueChange};
pub use list_audit::{AuditedChange, ListAudit};
pub use show_sales::{Sales, ShowSales};
