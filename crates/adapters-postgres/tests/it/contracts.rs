//! PostgreSQL keeps every promise of the ports.

use crate::fixture::PostgresFixture;

seatline_test_support::port_contracts!(PostgresFixture::new().await);
