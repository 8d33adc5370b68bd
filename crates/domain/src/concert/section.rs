use super::{PerformanceError, policy};
use crate::point::Amount;
use crate::seat::{Seat, SeatKey, SeatNumber, SeatState};
use crate::text::Text;

/// A section's name: 1 to 50 characters.
pub type SectionName = Text<50>;

/// What an operator wrote about a section, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionPlan {
    /// Its name.
    pub name: SectionName,
    /// Its first seat number.
    pub first_seat: u32,
    /// Its last seat number.
    pub last_seat: u32,
    /// The price of each of its seats.
    pub price: Amount,
}

/// Neighbouring seats of one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    name: SectionName,
    first_seat: SeatNumber,
    last_seat: SeatNumber,
    price: Amount,
}

impl Section {
    /// Checks the sections of one performance together, and sorts them by seat number.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the first rule that is broken.
    pub fn parse_all(plans: Vec<SectionPlan>) -> Result<Vec<Self>, PerformanceError> {
        if plans.is_empty() {
            return Err(PerformanceError::NoSection);
        }
        if plans.len() > policy::MAX_SECTIONS {
            return Err(PerformanceError::TooManySections);
        }
        let mut sections = Vec::with_capacity(plans.len());
        for (index, plan) in plans.into_iter().enumerate() {
            sections.push(Self::parse(plan, index)?);
        }
        sections.sort_by_key(|section| section.first_seat);
        if sections.windows(2).any(|pair| matches!(pair, [left, right] if left.last_seat >= right.first_seat))
        {
            return Err(PerformanceError::Overlap);
        }
        let mut names: Vec<_> = sections.iter().map(|section| section.name.comparable()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [left, right] if left == right)) {
            return Err(PerformanceError::RepeatedName);
        }
        if sections.iter().map(Self::seats).sum::<u32>() > policy::MAX_SEATS_PER_PERFORMANCE {
            return Err(PerformanceError::TooManySeats);
        }
        Ok(sections)
    }

    fn parse(plan: SectionPlan, section: usize) -> Result<Self, PerformanceError> {
        let range = PerformanceError::SeatRange { section };
        let (Ok(first_seat), Ok(last_seat)) =
            (SeatNumber::parse(plan.first_seat), SeatNumber::parse(plan.last_seat))
        else {
            return Err(range);
        };
        if first_seat > last_seat {
            return Err(range);
        }
        if plan.price > crate::point::policy::MAX_PRICE {
            return Err(PerformanceError::Price { section });
        }
        Ok(Self { name: plan.name, first_seat, last_seat, price: plan.price })
    }

    /// Its name.
    pub fn name(&self) -> &SectionName {
        &self.name
    }

    /// Its first seat.
    pub fn first_seat(&self) -> SeatNumber {
        self.first_seat
    }

    /// Its last seat.
    pub fn last_seat(&self) -> SeatNumber {
        self.last_seat
    }

    /// The price of each of its seats.
    pub fn price(&self) -> Amount {
        self.price
    }

    /// One of its seats, free.
    pub fn free_seat(&self, key: SeatKey) -> Seat {
        Seat { key, section: self.name.as_str().into(), price: self.price, state: SeatState::Available }
    }

    /// How many seats it has.
    pub fn seats(&self) -> u32 {
        self.last_seat.get() - self.first_seat.get() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, first_seat: u32, last_seat: u32) -> SectionPlan {
        SectionPlan {
            name: Text::parse(name).unwrap(),
            first_seat,
            last_seat,
            price: Amount::parse("10").unwrap(),
        }
    }

    #[test]
    fn sections_are_sorted_and_counted() {
        let sections = Section::parse_all(vec![plan("B", 51, 60), plan("A", 1, 50)]).unwrap();
        assert_eq!(sections[0].name().as_str(), "A");
        assert_eq!(sections.iter().map(Section::seats).sum::<u32>(), 60);
    }

    #[test]
    fn overlapping_or_empty_or_huge_plans_are_refused() {
        let refuse = |plans| Section::parse_all(plans).unwrap_err();
        assert_eq!(refuse(vec![]), PerformanceError::NoSection);
        assert_eq!(refuse(vec![plan("A", 1, 10), plan("B", 10, 20)]), PerformanceError::Overlap);
        for (one, other) in
            [("A", "A"), ("Café", "Cafe\u{301}"), ("가", "\u{1100}\u{1161}"), ("VIP", "ｖｉｐ")]
        {
            assert_eq!(refuse(vec![plan(one, 1, 10), plan(other, 11, 20)]), PerformanceError::RepeatedName);
        }
        assert_eq!(refuse(vec![plan("A", 0, 10)]), PerformanceError::SeatRange { section: 0 });
        assert_eq!(refuse(vec![plan("A", 9, 8)]), PerformanceError::SeatRange { section: 0 });
        assert_eq!(refuse(vec![plan("A", 1, 2_000_000)]), PerformanceError::SeatRange { section: 0 });
        assert_eq!(refuse(vec![plan("A", 1, 100_001)]), PerformanceError::TooManySeats);
    }
}
