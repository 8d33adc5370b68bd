//! Tickets: one for each seat that was paid, and what becomes of it at the gate.
//!
//! A ticket is not stored. It follows from the seat of a paid reservation, from its performance and from its check-in;
//! [`TicketStanding`] is the one place where these become a [`TicketState`].

mod check_in;
mod code;
mod id;
mod listed;
pub mod policy;
mod state;

pub use check_in::{CheckIn, GateName};
pub use code::TicketClaims;
pub use id::TicketId;
pub use listed::{ListedTicket, Ticket, TicketCursor, TicketHolder, TicketPlace};
pub use state::{TicketStanding, TicketState};
