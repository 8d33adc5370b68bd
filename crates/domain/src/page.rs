//! Lists that grow are read in pages.

use thiserror::Error;

/// How many items a page may hold: 1 to 100, 50 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u16);

/// The limit is not between 1 and 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a page holds 1 to {} items", PageLimit::MAX)]
pub struct PageLimitError;

impl PageLimit {
    /// The most items a page holds.
    pub const MAX: u16 = 100;

    /// Takes a number from 1 to 100.
    ///
    /// # Errors
    /// [`PageLimitError`] for any other number.
    pub fn parse(limit: u16) -> Result<Self, PageLimitError> {
        if (1..=Self::MAX).contains(&limit) { Ok(Self(limit)) } else { Err(PageLimitError) }
    }

    /// The largest.
    pub const fn largest() -> Self {
        Self(Self::MAX)
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(50)
    }
}

/// Asks for the items after `after`, in the list's own order; from the start when it is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// The most items wanted.
    pub limit: PageLimit,
    /// The cursor of the page before.
    pub after: Option<C>,
}

impl<C> PageRequest<C> {
    /// The first page, of the usual size.
    pub fn first() -> Self {
        Self { limit: PageLimit::default(), after: None }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items, at most as many as asked for.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` when this is the last one.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Builds a page from up to `limit + 1` items: one more than wanted tells that there is a next page.
    pub fn from_surplus(mut items: Vec<T>, limit: PageLimit, cursor: impl Fn(&T) -> C) -> Self {
        let wanted = usize::from(limit.get());
        let next = if items.len() > wanted {
            items.truncate(wanted);
            items.last().map(cursor)
        } else {
            None
        };
        Self { items, next }
    }

    /// The first items of the page, as many as cost at most `budget` together, and at least one.
    #[must_use]
    pub fn within(mut self, budget: u64, cost: impl Fn(&T) -> u64, cursor: impl Fn(&T) -> C) -> Self {
        let mut spent: u64 = 0;
        let affordable = |item: &&T| {
            spent = spent.saturating_add(cost(item));
            spent <= budget
        };
        let affordable = self.items.iter().take_while(affordable).count().max(1);
        if affordable < self.items.len() {
            self.items.truncate(affordable);
            self.next = self.items.last().map(cursor);
        }
        self
    }

    /// The same page without the items of which nothing comes. It may then have none, and yet not be the last.
    pub fn filter_map<U>(self, f: impl FnMut(T) -> Option<U>) -> Page<U, C> {
        Page { items: self.items.into_iter().filter_map(f).collect(), next: self.next }
    }

    /// The same page with other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, C> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_one_to_a_hundred() {
        assert_eq!(PageLimit::parse(0), Err(PageLimitError));
        assert_eq!(PageLimit::parse(101), Err(PageLimitError));
        assert_eq!(PageLimit::parse(100).map(PageLimit::get), Ok(100));
    }

    #[test]
    fn a_surplus_item_means_another_page() {
        let limit = PageLimit::parse(2).unwrap();
        let page = Page::from_surplus(vec![1, 2, 3], limit, |last| *last);
        assert_eq!(page, Page { items: vec![1, 2], next: Some(2) });
        let page = Page::from_surplus(vec![1, 2], limit, |last| *last);
        assert_eq!(page.next, None);
    }

    #[test]
    fn a_page_ends_where_its_budget_does() {
        let page = Page { items: vec![3, 4, 5], next: None };
        let within = |budget| page.clone().within(budget, |item| *item, |last| *last);
        assert_eq!(within(12), page);
        assert_eq!(within(11), Page { items: vec![3, 4], next: Some(4) });
        assert_eq!(within(6), Page { items: vec![3], next: Some(3) });
        assert_eq!(within(0), Page { items: vec![3], next: Some(3) }, "or nobody would ever come further");
        let cut = Page { items: vec![3, 4], next: Some(4) };
        assert_eq!(cut.clone().within(7, |item| *item, |last| *last), cut);
        let empty: Page<u64, u64> = Page { items: vec![], next: None };
        assert_eq!(empty.clone().within(0, |item| *item, |last| *last), empty);
    }
}
