//! The waiting room: one line per concert, admitted strictly in its order.

mod endings;
mod line;
mod operators;
mod sold_out;
mod storm;
