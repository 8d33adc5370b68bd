use super::HallError;
use crate::seat::{SeatNumber, policy};
use crate::text::Text;

/// A row's label: 1 to 10 characters.
pub type RowLabel = Text<10>;

/// What an operator wrote about a row, not yet checked. A coordinate that is left out is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPlan {
    /// Its label.
    pub label: RowLabel,
    /// Its first seat number.
    pub first_seat: u32,
    /// Its last seat number.
    pub last_seat: u32,
    /// How far to the right its first seat is.
    pub x: Option<f64>,
    /// How far from the front its first seat is.
    pub y: Option<f64>,
    /// The step to the right from each seat to the next.
    pub dx: Option<f64>,
    /// The step away from the front from each seat to the next.
    pub dy: Option<f64>,
}

/// No coordinate of a plan is NaN for long, and one that is equals nothing.
impl Eq for RowPlan {}

/// A place or a step on the floor, in seats' widths: finite, with six decimals at most, at most
/// [`policy::MAX_COORDINATE`] from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Coordinate(f64);

/// It is a number always.
impl Eq for Coordinate {}

impl Coordinate {
    const DECIMALS: f64 = 1_000_000.0;

    /// Checks a number, and rounds it to six decimals. `None` when it is not finite or too far from 0.
    pub fn parse(number: f64) -> Option<Self> {
        (number.is_finite() && number.abs() <= policy::MAX_COORDINATE).then(|| Self::rounded(number))
    }

    /// A number that was stored. It may be beyond what [`parse`](Self::parse) takes, where a hall was moved.
    pub fn restore(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// A number that was computed of few others.
    pub(super) fn rounded(number: f64) -> Self {
        // Adding zero makes the negative one the same as the other.
        Self((number * Self::DECIMALS).round() / Self::DECIMALS + 0.0)
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// Neighbouring seats in one line: `first_seat + i` is the row's place `i + 1`, at `(x + i·dx, y + i·dy)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its label, which no other row of its section has.
    pub label: RowLabel,
    /// Its first seat.
    pub first_seat: SeatNumber,
    /// Its last seat.
    pub last_seat: SeatNumber,
    /// How far to the right its first seat is.
    pub x: Coordinate,
    /// How far from the front its first seat is.
    pub y: Coordinate,
    /// The step to the right from each seat to the next.
    pub dx: Coordinate,
    /// The step away from the front from each seat to the next.
    pub dy: Coordinate,
}

impl Row {
    /// How many seats it has.
    pub fn seats(&self) -> u32 {
        self.last_seat.get() - self.first_seat.get() + 1
    }

    /// Where the seat `i` places after the first is.
    pub fn position(&self, i: u32) -> (f64, f64) {
        let i = f64::from(i);
        (self.x.get() + i * self.dx.get(), self.y.get() + i * self.dy.get())
    }

    /// Where its first and its last seat are: all others are between them.
    pub(super) fn ends(&self) -> [(f64, f64); 2] {
        [self.position(0), self.position(self.seats() - 1)]
    }
}

/// A row of a plan, with what was said of its coordinates.
pub(super) struct CheckedRow {
    pub(super) label: RowLabel,
    pub(super) first_seat: SeatNumber,
    pub(super) last_seat: SeatNumber,
    pub(super) x: Option<Coordinate>,
    pub(super) y: Option<Coordinate>,
    pub(super) dx: Coordinate,
    pub(super) dy: Coordinate,
}

impl CheckedRow {
    /// A row of which nothing but its seats is known.
    pub(super) fn of(label: RowLabel, first_seat: SeatNumber, last_seat: SeatNumber) -> Self {
        let (dx, dy) = (Coordinate(1.0), Coordinate(0.0));
        Self { label, first_seat, last_seat, x: None, y: None, dx, dy }
    }

    /// Checks a row; `section` and `row` are its places in the plan.
    pub(super) fn parse(plan: &RowPlan, section: usize, row: usize) -> Result<Self, HallError> {
        let (Ok(first_seat), Ok(last_seat)) =
            (SeatNumber::parse(plan.first_seat), SeatNumber::parse(plan.last_seat))
        else {
            return Err(HallError::RowRange { section, row });
        };
        if first_seat > last_seat {
            return Err(HallError::RowRange { section, row });
        }
        let coordinate = |name, number: Option<f64>| match number {
            None => Ok(None),
            Some(number) => {
                let parsed = Coordinate::parse(number);
                parsed.map(Some).ok_or(HallError::Coordinate { section, row, name })
            }
        };
        let unplaced = Self::of(plan.label.clone(), first_seat, last_seat);
        let checked = Self {
            x: coordinate("x", plan.x)?,
            y: coordinate("y", plan.y)?,
            dx: coordinate("dx", plan.dx)?.unwrap_or(unplaced.dx),
            dy: coordinate("dy", plan.dy)?.unwrap_or(unplaced.dy),
            ..unplaced
        };
        checked.check_steps(section, row)?;
        Ok(checked)
    }

    fn check_steps(&self, section: usize, row: usize) -> Result<(), HallError> {
        let steps = f64::from(self.seats() - 1);
        if steps > 0.0 && self.dx.get() == 0.0 && self.dy.get() == 0.0 {
            return Err(HallError::NoStep { section, row });
        }
        for (name, from, step) in [("dx", self.x, self.dx), ("dy", self.y, self.dy)] {
            let end = from.map_or(0.0, Coordinate::get) + steps * step.get();
            if end.abs() > policy::MAX_COORDINATE {
                return Err(HallError::Coordinate { section, row, name });
            }
        }
        Ok(())
    }

    pub(super) fn seats(&self) -> u32 {
        self.last_seat.get() - self.first_seat.get() + 1
    }

    /// How far its last seat is from its first.
    pub(super) fn span(&self) -> (f64, f64) {
        let steps = f64::from(self.seats() - 1);
        (steps * self.dx.get(), steps * self.dy.get())
    }
}
