//! Seatline.
