use serde::Deserialize;

use crate::points::Points;

/// A concert whose seats are for sale.
#[derive(Debug, Clone)]
pub(crate) struct Concert {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Whether it was set up for the rehearsal, so that nobody else buys anything.
    pub(crate) own: bool,
    pub(crate) performances: Vec<String>,
    /// How many seats are free.
    pub(crate) seats: u64,
    /// The price of the most expensive one.
    pub(crate) price: Points,
}

/// A concert in the service's answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConcertBody {
    pub(super) concert_id: String,
    pub(super) title: String,
}
