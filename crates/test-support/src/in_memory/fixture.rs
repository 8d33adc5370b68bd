use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::seat::{SeatKey, SeatState};

use super::InMemory;
use crate::{Fixture, SequentialIds};

/// The reference implementation, ready for the contract suites.
pub struct InMemoryFixture {
    memory: Arc<InMemory>,
    ports: Ports,
}

impl InMemoryFixture {
    /// An empty one.
    pub fn new() -> Self {
        let memory = InMemory::new();
        let ports = Ports::from_adapter(memory.clone(), Arc::new(SequentialIds::default()));
        Self { memory, ports }
    }

    /// What is behind the ports.
    pub fn memory(&self) -> &Arc<InMemory> {
        &self.memory
    }

    /// The ports, to put others in their place.
    pub fn ports_mut(&mut self) -> &mut Ports {
        &mut self.ports
    }
}

impl Default for InMemoryFixture {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Fixture for InMemoryFixture {
    fn ports(&self) -> &Ports {
        &self.ports
    }

    async fn pass_time(&self, by: TimeDelta) {
        self.memory.clock().advance(by);
    }

    async fn block_seat(&self, seat: SeatKey) {
        self.memory.tamper(|set| set.seats.get_mut(&seat).unwrap().state = SeatState::Blocked);
    }
}
