//! Tickets: what a user shows at the gate, and what proves that it is genuine.

mod code;
mod key;
mod list_tickets;
mod show_ticket;

pub use code::TicketCodes;
pub use key::{PublicTicketKey, TicketKey, TicketKeyError};
pub use list_tickets::ListTickets;
pub use show_ticket::{CodedTicket, ShowTicket, TicketError};
