use std::borrow::Cow;

use seatline_domain::page::Page;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Array, Object, Ref, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{Cursor, List};

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageBody<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> PageBody<T> {
    /// Renders each item of a page of this list.
    pub(crate) fn render<I, C: Cursor>(page: Page<I, C>, list: &List, render: impl FnMut(I) -> T) -> Self {
        let next_cursor = page.next.map(|place| list.give(&place));
        Self { items: page.items.into_iter().map(render).collect(), next_cursor }
    }
}

impl<T: ToSchema> PartialSchema for PageBody<T> {
    fn schema() -> RefOr<Schema> {
        let items = Array::builder()
            .items(RefOr::<Schema>::from(Ref::from_schema_name(T::name())))
            .description(Some(
                "The items, at most `limit`. There may be fewer, or none, on a page that is not the last.",
            ));
        let next_cursor = Object::builder()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Send it as `cursor` for the next page; null when this is the last one."))
            .examples(["AZqg8nscfD6dVQ9qPBstTuk1cQfRi0fWqLH5yg"]);
        Object::builder()
            .schema_type(Type::Object)
            .description(Some("One page of a list."))
            .property("items", items)
            .required("items")
            .property("nextCursor", next_cursor)
            .required("nextCursor")
            .into()
    }
}

/// utoipa itself would give the pages of all lists the same name.
impl<T: ToSchema> ToSchema for PageBody<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().to_string(), T::schema()));
        T::schemas(schemas);
    }
}
