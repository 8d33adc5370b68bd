//! Tickets: what users see of them, what proves them, and the gate.

mod codes;
mod gate;
mod gate_list;
mod shown;
