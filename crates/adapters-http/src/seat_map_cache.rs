use std::cell::RefCell;
use std::sync::{Arc, Weak};

use seatline_domain::seat::SeatMap;

use crate::problem::Problem;
use crate::rendering::Rendering;

/// Seat maps as they were rendered for people who have none of the seats: all of them are shown the same, so that a map
/// that many are waiting for is rendered once a thread. A rendering is of use as long as somebody is still to be shown
/// its map, and kept hardly longer.
#[derive(Clone, Default)]
pub(crate) struct SeatMapCache(RefCell<Vec<Entry>>);

#[derive(Clone)]
struct Entry {
    map: Weak<SeatMap>,
    available: Option<bool>,
    rendering: Rendering,
}

impl SeatMapCache {
    /// The rendering of this very map with this filter.
    pub(crate) fn of(
        &self,
        map: &Arc<SeatMap>,
        available: Option<bool>,
        render: impl FnOnce() -> Result<Rendering, Problem>,
    ) -> Result<Rendering, Problem> {
        let mut entries = self.0.borrow_mut();
        let is_it = |entry: &&Entry| entry.available == available && entry.map.as_ptr() == Arc::as_ptr(map);
        if let Some(entry) = entries.iter().find(is_it) {
            return Ok(entry.rendering.clone());
        }
        let rendering = render()?;
        entries.retain(|entry| entry.map.strong_count() > 0);
        // Nobody else is to be shown this one: it was not shared.
        if Arc::strong_count(map) > 1 {
            entries.push(Entry { map: Arc::downgrade(map), available, rendering: rendering.clone() });
        }
        Ok(rendering)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use seatline_domain::Timestamp;

    use super::*;

    fn map() -> Arc<SeatMap> {
        Arc::new(SeatMap { seats: vec![], as_of: Timestamp::UNIX_EPOCH })
    }

    #[test]
    fn a_map_that_is_shared_is_rendered_once_for_each_filter() {
        let (renderings, rendered) = (SeatMapCache::default(), Cell::new(0));
        let show = |map: &Arc<SeatMap>, available| {
            let render = || {
                rendered.set(rendered.get() + 1);
                Rendering::of(&rendered.get())
            };
            drop(renderings.of(map, available, render).unwrap());
            rendered.get()
        };
        let (first, second) = (map(), map());
        let _others = (first.clone(), second.clone());
        assert_eq!([show(&first, None), show(&first, None)], [1, 1]);
        assert_eq!([show(&first, Some(true)), show(&first, None)], [2, 2]);
        assert_eq!([show(&second, None), show(&first, None)], [3, 3], "equal maps are not the same map");
    }

    #[test]
    fn nothing_is_kept_of_maps_that_nobody_waits_for() {
        let renderings = SeatMapCache::default();
        let show = |map: &Arc<SeatMap>| drop(renderings.of(map, None, || Rendering::of(&0)).unwrap());
        show(&map());
        assert!(renderings.0.borrow().is_empty(), "it was not shared");
        for _ in 0..10 {
            let shared = map();
            let _other = shared.clone();
            show(&shared);
        }
        assert_eq!(renderings.0.borrow().len(), 1, "of the last one, until the next is rendered");
    }
}
