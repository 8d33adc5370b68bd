use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::seat::SeatKey;

/// One fresh, empty implementation of all ports, with what a test needs to do to it from outside.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// The ports, and new ids.
    fn ports(&self) -> &Ports;

    /// Lets so much time pass, or makes it look so: every stored instant that a rule compares with the present lies
    /// that much further back afterwards. Instants of performances may stay as they are: no promise needs them moved.
    async fn pass_time(&self, by: TimeDelta);

    /// Takes a seat out of the sale.
    async fn block_seat(&self, seat: SeatKey);
}
