//! The page in a real browser, by what things are called: what people see, and what they do.
//!
//! At the end of each test the browser must have had nothing to complain about.

mod accessibility;
mod arena;
mod best_seats;
mod console;
mod frames;
mod journey;
mod keyboard;
mod large_hall;
mod line;
mod live_seats;
mod no_scripts;
mod picture;
mod rivals;
mod small_screen;
mod what_is_left;
mod words;

use seatline_tests::{Sale, Window};

use words::Words;

/// Gets to the seats of a sale whose waiting room has room.
async fn enter(window: &Window, sale: &Sale, words: &Words) {
    window.open(&format!("/concerts/{}", sale.concert_id)).await;
    window.press(words.join).await;
    window.arrives_at(&format!("/performances/{}", sale.performance_id)).await;
    window.sees(words.pick).await;
}

/// Fails where the browser has complained about a page.
async fn assert_content(window: &Window) {
    assert_eq!(window.complaints().await, Vec::<String>::new(), "at {}", window.path().await);
}
