//! The page for buyers, as a browser without scripts sees it, and what its scripts ask for.

mod devices;
mod forms;
mod headers;
mod journey;
mod line;
mod seats;
mod sizes;
mod texts;

pub(crate) use journey::enter;
