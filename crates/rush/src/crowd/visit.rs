use std::sync::Arc;

use tokio::time::Instant;

use super::account::{charge, register};
use super::booking::book;
use super::browsing::{look_around, open_line};
use super::queue::{join, wait};
use super::visitor::Visitor;
use crate::metrics::{Outcome, Stage};
use crate::rehearsal::Rehearsal;

/// Takes one person through their visit, from the account to the ticket.
pub(super) async fn visit(rehearsal: Arc<Rehearsal>, person: u32, arrival: Instant) {
    let mut visitor = Visitor::new(rehearsal, person, arrival);
    let (Ok(outcome) | Err(outcome)) = journey(&mut visitor).await;
    visitor.rehearsal.people.end(visitor.stage, outcome);
}

async fn journey(visitor: &mut Visitor) -> Result<Outcome, Outcome> {
    Box::pin(look_around(visitor)).await?;
    register(visitor).await?;
    charge(visitor).await?;
    let status = join(visitor).await?;
    Box::pin(open_line(visitor)).await?;
    visitor.proceed(Stage::Waiting);
    if !wait(visitor, status).await? {
        return Ok(Outcome::GaveUp);
    }
    visitor.proceed(Stage::Choosing);
    // Few are at the seats at a time: the many who wait need no room for it.
    Box::pin(book(visitor)).await
}
