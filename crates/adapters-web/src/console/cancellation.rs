//! Cancelling a performance, for good.

use super::parse::text;
use super::performance::{self, REASON, TITLE};
use super::refused;
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::Answer;
use crate::visit::{Visit, lead};

/// Cancels it when its concert's title was typed; its page then shows how far the refunds are.
pub(crate) async fn cancel(visit: Visit, staff: Staff) -> Answer {
    let shown = performance::found(&visit).await?;
    let (words, id) = (visit.words, shown.performance.id);
    let mut typed = Typed::of(&visit).await?;
    let reason = typed.take(REASON, text(words, typed.value(REASON)));
    if typed.value(TITLE).trim() != shown.concert.title.as_str() {
        typed.refuse(TITLE, words.text("wrong-confirm"));
    }
    if let (Some(reason), true) = (reason, typed.is_good()) {
        let key = Some(typed.idempotency_key()?);
        match visit.seatline().cancel_performance.execute(staff.operator(), id, reason, key).await {
            Ok(_) => return Ok(lead(&Notice::PERFORMANCE_CANCELLED.at(&performance::path(id)), [])),
            Err(error) => {
                let (_, why) = refused::performance(words, error)?;
                typed.refuse(REASON, why);
            }
        }
    }
    performance::page(&visit, staff, shown, &typed).await
}
