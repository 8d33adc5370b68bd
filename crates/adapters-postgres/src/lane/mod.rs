//! Lanes: commands queue up, and whatever has queued up is handled as one batch.
//!
//! An idle lane takes a single command at once; a busy one batches by itself, and lanes that share the work let each
//! other's batches grow. A full lane refuses at once, which is all the backpressure there is. The lane owns the work: a
//! caller that goes away cannot stop a transaction half way.
//!
//! Seats and wallets are spread over a few [`Lanes`]; each waiting room has a lane of its own ([`RoomLanes`]).

mod batch;
mod job;
mod keyed_lanes;
mod keyed_queues;
mod lanes;
mod queue;
mod reader;
mod room_lanes;

pub(crate) use batch::BatchRunner;
pub(crate) use job::{Job, submit};
pub(crate) use lanes::Lanes;
pub(crate) use queue::Lane;
pub(crate) use reader::{Fetch, Reader};
pub(crate) use room_lanes::RoomLanes;
