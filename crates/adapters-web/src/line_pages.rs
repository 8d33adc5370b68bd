use std::time::Duration;

use actix_web::web::Bytes;
use moka::sync::Cache;
use seatline_domain::id::ConcertId;

use crate::language::Language;

/// A page as bytes, and as gzip.
pub(crate) type Coded = (Bytes, Option<Bytes>);

/// The pages of waiting rooms as everybody gets them, kept for a moment.
pub(crate) struct LinePages(Cache<(ConcertId, Language), Coded>);

impl Default for LinePages {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(1)).build())
    }
}

impl LinePages {
    pub(crate) fn get(&self, concert: ConcertId, language: Language) -> Option<Coded> {
        self.0.get(&(concert, language))
    }

    pub(crate) fn keep(&self, concert: ConcertId, language: Language, page: Coded) {
        self.0.insert((concert, language), page);
    }
}
