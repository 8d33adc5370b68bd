use std::time::Duration;

use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::level;

const DEPTH: &str = "seatline_lane_depth";
const BATCH_SIZE: &str = "seatline_lane_batch_size";
const BATCH_DURATION: &str = "seatline_lane_batch_duration_seconds";
const RETRIES: &str = "seatline_lane_retries_total";
const REFUSED: &str = "seatline_lane_refused_total";

/// The measurements of the lanes of one kind, all of them together.
#[derive(Clone)]
pub(crate) struct LaneMetrics {
    batch_size: Histogram,
    batch_duration: Histogram,
    retries: Counter,
    refused: Counter,
}

impl LaneMetrics {
    /// The lanes of waiting rooms.
    pub(crate) const ROOMS: &str = "rooms";
    /// The lanes of holds.
    pub(crate) const SEATS: &str = "seats";
    /// The lanes of users, wallets and payments.
    pub(crate) const WALLETS: &str = "wallets";
    /// The look-up of access tokens.
    pub(crate) const TOKENS: &str = "tokens";
    /// The look-up of operators' keys.
    pub(crate) const OPERATOR_KEYS: &str = "operator_keys";
    /// The look-up of passes.
    pub(crate) const PASSES: &str = "passes";
    /// The look-up of concerts' cells.
    pub(crate) const CELLS: &str = "cells";
    /// Reads of waiting rooms' figures.
    pub(crate) const FIGURES: &str = "figures";
    /// The look-up of concerts and performances.
    pub(crate) const PROGRAMME: &str = "programme";
    /// The lists of concerts and performances.
    pub(crate) const LISTS: &str = "lists";
    /// The counting of performances' free seats.
    pub(crate) const FREE_SEATS: &str = "free_seats";
    /// The reading of seat maps.
    pub(crate) const SEAT_MAPS: &str = "seat_maps";
    /// The reading of halls.
    pub(crate) const HALLS: &str = "halls";
    /// The counting of what is left of concerts' seats.
    pub(crate) const SEATS_LEFT: &str = "seats_left";

    /// The measurements of a kind of lane.
    pub(crate) fn of(lane: &'static str) -> Self {
        describe_histogram!(BATCH_SIZE, Unit::Count, "Commands handled in one batch.");
        describe_histogram!(BATCH_DURATION, Unit::Seconds, "How long a batch took, with its repetitions.");
        describe_counter!(RETRIES, Unit::Count, "Batches repeated after contention or a lost connection.");
        describe_counter!(REFUSED, Unit::Count, "Commands refused because their lane was full.");
        Self {
            batch_size: histogram!(BATCH_SIZE, "lane" => lane),
            batch_duration: histogram!(BATCH_DURATION, "lane" => lane),
            retries: counter!(RETRIES, "lane" => lane),
            refused: counter!(REFUSED, "lane" => lane),
        }
    }

    /// Counts a batch that was handled.
    pub(crate) fn handled(&self, commands: usize, took: Duration) {
        self.batch_size.record(level(commands));
        self.batch_duration.record(took);
    }

    /// Counts a batch that is repeated.
    pub(crate) fn retried(&self) {
        self.retries.increment(1);
    }

    /// Counts a command that was refused.
    pub(crate) fn refused(&self) {
        self.refused.increment(1);
    }
}

/// Publishes how many commands are queued up, by lane.
pub(crate) fn publish_depths(lanes: impl IntoIterator<Item = (&'static str, usize)>) {
    describe_gauge!(DEPTH, Unit::Count, "Commands queued up.");
    for (lane, depth) in lanes {
        gauge!(DEPTH, "lane" => lane).set(level(depth));
    }
}
