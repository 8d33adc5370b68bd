//! The embedded default and the temporary servers, with real PostgreSQL server binaries.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step is a failed test")]

mod embedded;
mod left_behind;
mod support;
mod temporary;
