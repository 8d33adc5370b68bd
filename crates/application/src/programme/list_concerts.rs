use std::sync::Arc;

use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Programme;
use seatline_domain::storage::StorageError;

/// Lists the concerts.
pub struct ListConcerts {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ListConcerts {
    /// One page of them.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        page: PageRequest<ConcertId>,
    ) -> Result<Page<Concert, ConcertId>, StorageError> {
        self.programme.concerts(page).await
    }
}
