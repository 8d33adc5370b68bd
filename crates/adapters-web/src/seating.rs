//! Where the seats of a performance are, with what they cost now.

use std::ops::RangeInclusive;

use seatline_application::programme::Layout;
use seatline_domain::point::Amount;
use seatline_domain::seat::SeatNumber;
use seatline_domain::seat::hall::Row as HallRow;

/// The seats of a performance, arranged.
pub(crate) struct Seating<'l> {
    layout: &'l Layout,
    pub(crate) sections: Vec<Section<'l>>,
}

pub(crate) struct Section<'l> {
    pub(crate) name: &'l str,
    pub(crate) price: Amount,
    pub(crate) rows: Vec<Row<'l>>,
}

/// Neighbouring seats in one line: the `i`th after the first is at `(x + i·dx, y + i·dy)`.
pub(crate) struct Row<'l> {
    pub(crate) label: &'l str,
    pub(crate) seats: RangeInclusive<u32>,
    pub(crate) at: [f64; 4],
}

impl Row<'_> {
    pub(crate) fn first(&self) -> u32 {
        *self.seats.start()
    }

    pub(crate) fn len(&self) -> u32 {
        self.seats.end() - self.seats.start() + 1
    }
}

impl<'l> Seating<'l> {
    pub(crate) fn of(layout: &'l Layout) -> Self {
        let row = |row: &'l HallRow| Row {
            label: row.label.as_str(),
            seats: row.first_seat.get()..=row.last_seat.get(),
            at: [row.x.get(), row.y.get(), row.dx.get(), row.dy.get()],
        };
        let prices = &layout.performance.section_prices;
        let sections = layout.hall.sections().iter().map(|section| Section {
            name: section.name.as_str(),
            price: prices.in_hall(section),
            rows: section.rows.iter().map(row).collect(),
        });
        Self { layout, sections: sections.collect() }
    }

    pub(crate) fn width(&self) -> f64 {
        self.layout.hall.width()
    }

    pub(crate) fn height(&self) -> f64 {
        self.layout.hall.height()
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Section<'l>, &Row<'l>)> {
        self.sections.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)))
    }

    /// The row of a seat.
    pub(crate) fn row_of(&self, seat: u32) -> Option<(&Section<'l>, &Row<'l>)> {
        self.rows().find(|(_, row)| row.seats.contains(&seat))
    }

    /// Where a person finds a seat: its section, its row and its place in it.
    pub(crate) fn place_of(layout: &Layout, seat: SeatNumber) -> Option<(&str, &str, u32)> {
        let place = layout.hall.place_of(seat)?;
        Some((place.section.name.as_str(), place.row.label.as_str(), place.place))
    }

    /// The seats that can be reached without steps.
    pub(crate) fn accessible(&self) -> impl Iterator<Item = u32> {
        self.layout.hall.accessible_seats().iter().map(|seat| seat.get())
    }

    /// Whether a seat can be reached without steps.
    pub(crate) fn is_accessible(&self, seat: u32) -> bool {
        let seats = self.layout.hall.accessible_seats();
        seats.binary_search_by_key(&seat, |seat| seat.get()).is_ok()
    }
}
