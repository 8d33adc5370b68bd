use std::fmt::Write;

use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem};

/// A body as it is sent, and a strong `ETag` of it.
#[derive(Clone)]
pub(crate) struct Rendering {
    pub(crate) body: Bytes,
    pub(crate) tag: EntityTag,
}

impl Rendering {
    /// Renders a body.
    pub(crate) fn of(body: &impl Serialize) -> Result<Self, Problem> {
        let body =
            serde_json::to_vec(body).map_err(|error| Problem::new(Code::InternalError).because(&error))?;
        Ok(Self { tag: entity_tag(&body), body: body.into() })
    }
}

fn entity_tag(body: &[u8]) -> EntityTag {
    const BYTES: usize = 16;
    let hex = Sha256::digest(body).iter().take(BYTES).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    EntityTag::new_strong(hex)
}
