use seatline_domain::page::{Page, PageRequest};

/// The page of a whole list that starts behind the cursor.
pub(super) fn page_of<T, C: PartialEq>(
    list: impl IntoIterator<Item = T>,
    request: PageRequest<C>,
    cursor: impl Fn(&T) -> C,
) -> Page<T, C> {
    let mut rest = list.into_iter();
    if let Some(after) = request.after {
        rest.find(|item| cursor(item) == after);
    }
    let surplus = rest.take(usize::from(request.limit.get()) + 1).collect();
    Page::from_surplus(surplus, request.limit, cursor)
}
