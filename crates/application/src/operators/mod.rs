//! What operators do: add to the programme, correct it, steer the waiting room, refund, cancel, look at sales and at
//! what was changed, and check tickets in.

mod add_concert;
mod add_performance;
mod cancel_performance;
mod change_concert;
mod change_performance;
mod change_seats;
mod change_section;
mod check_in_ticket;
mod check_invariants;
mod configure_queue;
mod credit_points;
mod list_audit;
mod list_performance_tickets;
mod refund_for_user;
mod show_sales;

pub use add_concert::{AddConcert, ConcertRequest};
pub use add_performance::{AddPerformance, AddedPerformance};
pub use cancel_performance::{CancelPerformance, CancellationStatus, ShowCancellation};
pub use change_concert::ChangeConcert;
pub use change_performance::ChangePerformance;
pub use change_seats::ChangeSeats;
pub use change_section::ChangeSection;
pub use check_in_ticket::{CheckInTicket, CheckedIn, GateError};
pub use check_invariants::CheckInvariants;
pub use configure_queue::{ConfigureQueue, QueueChange};
pub use credit_points::CreditPoints;
pub use list_audit::{AuditedChange, ListAudit};
pub use list_performance_tickets::{ListPerformanceTickets, PerformanceTicketsError};
pub use refund_for_user::RefundForUser;
pub use show_sales::{Sales, ShowSales};
