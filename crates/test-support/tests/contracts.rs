//! The in-memory reference keeps every promise of the ports.

use seatline_test_support::InMemoryFixture;

seatline_test_support::port_contracts!(InMemoryFixture::new());
