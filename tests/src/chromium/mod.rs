//! Windows of a real browser, driven as people use one: by what things are called, by mouse and by keyboard.

mod acting;
mod command;
mod driver;
mod keyboard;
mod looking;
mod named;
mod pointer;
mod programs;
mod window;

pub use driver::Chromium;
pub use window::{Scheme, Window, WindowOptions};
