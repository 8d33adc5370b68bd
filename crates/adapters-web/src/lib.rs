//! The page: what people see who buy with a browser.
//!
//! A driving adapter beside the one of the API: it calls the same use cases and knows nothing of JSON contracts. Pages are
//! rendered from typed templates and work as plain HTML; what lives is enhanced by modules of its own.
//!
//! * [`Site`] is what all pages share; [`resources`] are the pages, [`not_found`] is the answer to paths that nobody serves.
//! * `visit` is one request of a browser: its language, its session, its form; `serve` goes around every handler.
//! * `session` keeps who somebody is in cookies, `same_site` refuses forms of other sites.
//! * `words` has the texts, in [`Language`]s; `formats` writes amounts, dates and durations in them.
//! * `assets` are styles and scripts under names with their hashes; `poster` draws a poster from a title.
//! * [`EventStreams`] sends events, within bounds that [`Site`] is given.
//! * `seating` arranges the seats of a performance in sections and rows.
//! * `pages` has one module per page, `console` one per page for operators.
//!
//! Invariants: nothing that a person wrote reaches a page unescaped; no page loads anything from elsewhere; no handler
//! decides anything that the domain decides; an error is a page in the person's language with one next step.

mod assets;
mod coding;
mod console;
mod digits;
mod event_streams;
mod fields;
mod formats;
mod frame;
mod language;
mod limits;
mod line_pages;
mod notice;
mod pages;
mod poster;
mod refusal;
mod routes;
mod same_site;
mod seating;
mod serve;
mod session;
mod site;
mod visit;
mod words;

pub use event_streams::{EventStreams, Events};
pub use language::Language;
pub use limits::{Action, Limits};
pub use routes::{not_found, resources};
pub use site::{ConsoleSettings, PublicUrl, PublicUrlError, Site};
