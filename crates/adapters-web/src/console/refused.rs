//! Why the domain refuses what operators want of a performance, beside the field that is to blame.

use seatline_domain::concert::PerformanceError;
use seatline_domain::point::policy::MAX_PRICE;

use super::hall;
use crate::refusal::Refusal;
use crate::words::Words;

pub(super) const STARTS: &str = "starts";
pub(super) const OPENS: &str = "opens";
pub(super) const CLOSES: &str = "closes";
pub(super) const PRICE: &str = "price";

/// The field and what to say beside it.
///
/// # Errors
/// What is to blame is no field.
pub(super) fn performance(words: Words, error: PerformanceError) -> Result<(String, String), Refusal> {
    let beside = |field: &str, id: &str| Ok((field.to_owned(), words.text(id).into_owned()));
    match error {
        PerformanceError::ConcertNotFound
        | PerformanceError::NotFound
        | PerformanceError::SectionNotFound => Err(Refusal::NotFound),
        PerformanceError::Storage(error) => Err(error.into()),
        PerformanceError::Hall(error) => Ok(hall::refusal(words, error)),
        PerformanceError::Price => {
            let max = [("max", words.points(MAX_PRICE).into())];
            Ok((PRICE.to_owned(), words.with("wrong-price", max)))
        }
        PerformanceError::SalesOpenTooLate => beside(OPENS, "wrong-opens"),
        PerformanceError::SalesCloseTooEarly => beside(CLOSES, "wrong-closes"),
        PerformanceError::StartsInPast => beside(STARTS, "wrong-past"),
        PerformanceError::Cancelled => beside(STARTS, "wrong-cancelled"),
        PerformanceError::KeyReused(_) => beside(STARTS, "notice-again"),
    }
}
