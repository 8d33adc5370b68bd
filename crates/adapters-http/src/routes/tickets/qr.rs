//! A code as an image.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::problem::{Code, Problem};

/// The fewest pixels of a side. The image has no size of its own beyond this: it can be drawn at any.
const SIDE_MIN: u32 = 320;

/// The code as a QR code that a worn display still shows well enough: 15 % of it may be unreadable.
pub(super) fn image(code: &str) -> Result<String, Problem> {
    let drawn = QrCode::with_error_correction_level(code, EcLevel::M)
        .map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    Ok(drawn.render::<svg::Color<'_>>().min_dimensions(SIDE_MIN, SIDE_MIN).build())
}
