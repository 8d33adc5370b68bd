//! Values as they are written in JSON, read strictly and written exactly.

mod amount;
mod cursor;
mod id;
mod instant;
mod misfit;
mod object;
mod page;
mod points;
pub(crate) mod schema;
mod valid_json;

pub(crate) use amount::{AmountText, SignedAmountText};
pub(crate) use cursor::{Cursor, List};
pub(crate) use id::{IdText, parse_uuid};
pub(crate) use instant::{DateText, InstantText, parse_date};
pub(crate) use misfit::Misfit;
pub(crate) use object::Object;
pub(crate) use page::PageBody;
pub(crate) use points::{Points, SignedPoints};
pub(crate) use valid_json::{Unreadable, nests_too_deep, read_json};

use serde::{Deserialize, Deserializer};

/// Reads a field for which `null` means something else than absence.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(crate) fn even_null<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
