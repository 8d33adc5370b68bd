//! The adapter against a real PostgreSQL. Every test has its own database, cloned from a migrated template.

mod contracts;
mod fixture;
mod migrations;
mod model;
mod plans;
