use std::fmt::Display;

use seatline_domain::page::Page;
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageBody<T> {
    /// The items, at most `limit`.
    items: Vec<T>,
    /// Send it as `cursor` for the next page; null when this is the last one.
    #[schema(required, example = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e")]
    next_cursor: Option<String>,
}

impl<T> PageBody<T> {
    /// Renders each item.
    pub(crate) fn render<I, C: Display>(page: Page<I, C>, render: impl FnMut(I) -> T) -> Self {
        let next_cursor = page.next.map(|cursor| cursor.to_string());
        Self { items: page.items.into_iter().map(render).collect(), next_cursor }
    }
}
