//! The waiting room: one line per concert, admitted strictly in its order.

mod board;
mod caching_proxy;
mod endings;
mod line;
mod operators;
mod sold_out;
mod storm;
