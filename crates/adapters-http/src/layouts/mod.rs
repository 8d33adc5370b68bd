//! Layouts: where the seats of a performance are, as everybody is shown it alike. Each is written once, and remembered until
//! its prices change, as far as there is room.

mod body;

pub(crate) use body::LayoutBody;

use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use seatline_application::programme::Layout;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::SectionPrices;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem};

/// A layout as it is sent.
#[derive(Clone)]
pub(crate) struct ShownLayout {
    /// The same for the same content, by whichever instance.
    pub(crate) tag: EntityTag,
    pub(crate) body: Bytes,
}

/// The layouts that were shown last.
#[derive(Default)]
pub(crate) struct ShownLayouts(Mutex<Vec<Entry>>);

struct Entry {
    performance_id: PerformanceId,
    prices: SectionPrices,
    shown: ShownLayout,
}

impl ShownLayouts {
    /// The most bytes that are remembered. One layout has at most some 700 KB.
    const BYTES_MAX: usize = 4 * 1_024 * 1_024;

    /// A layout as it is sent.
    ///
    /// # Errors
    /// 500 when it cannot be written.
    pub(crate) fn of(&self, layout: &Layout) -> Result<ShownLayout, Problem> {
        let (id, prices) = (layout.performance.id, &layout.performance.section_prices);
        let is_it = |entry: &Entry| entry.performance_id == id && entry.prices == *prices;
        {
            let mut entries = self.entries();
            if let Some(place) = entries.iter().position(is_it) {
                // The last one asked for is the last to go.
                let entry = entries.remove(place);
                let shown = entry.shown.clone();
                entries.push(entry);
                return Ok(shown);
            }
        }
        let shown = ShownLayout::write(layout)?;
        self.remember(Entry { performance_id: id, prices: prices.clone(), shown: shown.clone() });
        Ok(shown)
    }

    fn remember(&self, entry: Entry) {
        let mut entries = self.entries();
        entries.retain(|one| one.performance_id != entry.performance_id);
        entries.push(entry);
        let mut bytes: usize = entries.iter().map(|one| one.shown.body.len()).sum();
        while bytes > Self::BYTES_MAX && entries.len() > 1 {
            bytes -= entries.remove(0).shown.body.len();
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShownLayout {
    fn write(layout: &Layout) -> Result<Self, Problem> {
        const BYTES: usize = 16;
        let body = serde_json::to_vec(&LayoutBody::of(layout));
        let body = body.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
        let hex = Sha256::digest(&body).iter().take(BYTES).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self { tag: EntityTag::new_strong(hex), body: body.into() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use seatline_domain::concert::Performance;
    use seatline_domain::point::Amount;
    use seatline_domain::samples;
    use seatline_domain::seat::hall::{Hall, SectionPlan, SectionSeats};
    use seatline_domain::text::Text;
    use uuid::Uuid;

    use super::*;

    fn layout(id: u128, seats: u32) -> Layout {
        let floor = SectionPlan {
            name: Text::parse("Floor").unwrap(),
            seats: SectionSeats::Range { first_seat: 1, last_seat: seats },
            price: Amount::whole(100),
        };
        let performance =
            Performance { id: PerformanceId::new(Uuid::from_u128(id)), ..samples::performance() };
        Layout { performance, hall: Arc::new(Hall::plan(vec![floor], &[]).unwrap()) }
    }

    #[test]
    fn a_layout_is_written_once_until_its_prices_change() {
        let (layouts, mut floor) = (ShownLayouts::default(), layout(1, 50));
        let first = layouts.of(&floor).unwrap();
        assert_eq!(layouts.of(&floor).unwrap().body.as_ptr(), first.body.as_ptr());
        let name = Text::parse("Floor").unwrap();
        let prices = SectionPrices::default().with(&name, Amount::whole(70));
        floor.performance.section_prices = prices;
        let second = layouts.of(&floor).unwrap();
        assert_ne!(second.tag, first.tag);
        assert_eq!(layouts.entries().len(), 1);
        assert_eq!(ShownLayouts::default().of(&floor).unwrap().tag, second.tag, "the same on every instance");
    }

    #[test]
    fn memory_is_bounded_and_the_last_one_asked_for_stays() {
        let layouts = ShownLayouts::default();
        for id in 0..60 {
            layouts.of(&layout(0, 50)).unwrap();
            layouts.of(&layout(id, 100_000)).unwrap();
        }
        let bytes: usize = layouts.entries().iter().map(|entry| entry.shown.body.len()).sum();
        assert!((ShownLayouts::BYTES_MAX / 2..=ShownLayouts::BYTES_MAX).contains(&bytes), "{bytes}");
        assert!(layouts.entries().iter().any(|entry| entry.performance_id == layout(0, 1).performance.id));
    }
}
