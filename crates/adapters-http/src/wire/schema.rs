//! Schemas of single values, for parameters.

use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

/// Any text.
pub(crate) fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

/// A UUID.
pub(crate) fn uuid() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

/// A date.
pub(crate) fn date() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
}
