//! The operators' console in a real browser: a sale is run, tickets are checked in, and every page is for everybody.

mod accessibility;
mod camera;
mod gate;
mod running;
mod words;

use seatline_tests::{ADMIN_KEY, Window};

use words::Words;

/// Signs in with a key, at the page where one does.
async fn sign_in(window: &Window, words: &Words, key: &str) {
    window.fill(words.operators_key, key).await;
    window.press(words.sign_in).await;
    window.sees(words.signed_in).await;
}

/// Signs in as the owner of the sale.
async fn sign_in_as_owner(window: &Window, words: &Words) {
    window.open("/console").await;
    sign_in(window, words, ADMIN_KEY).await;
}

/// The id at the end of a path.
fn id_of(path: &str) -> String {
    path.split(['?', '#']).next().unwrap().rsplit('/').next().unwrap().to_owned()
}
