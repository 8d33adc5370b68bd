use std::collections::BTreeMap;
use std::sync::Arc;

use super::Seat;
use super::hall::{Hall, HallSection, SectionName};
use crate::point::Amount;

/// The prices of sections that were changed since their performance was added, by name. A section that is not among them
/// has the price that its seats had then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionPrices(Option<Arc<BTreeMap<String, Amount>>>);

impl SectionPrices {
    /// Prices by the names of sections.
    pub fn new(prices: BTreeMap<String, Amount>) -> Self {
        Self((!prices.is_empty()).then(|| Arc::new(prices)))
    }

    /// The prices that were changed, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Amount)> {
        self.0.iter().flat_map(|prices| prices.iter()).map(|(name, price)| (name.as_str(), *price))
    }

    /// Whether none was changed.
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What a seat costs now.
    pub fn of(&self, seat: &Seat) -> Amount {
        self.changed(&seat.section).unwrap_or(seat.price)
    }

    /// What each seat of a section costs now; `None` when the hall has no such section.
    pub fn of_section(&self, hall: &Hall, name: &SectionName) -> Option<Amount> {
        hall.section(name).map(|section| self.in_hall(section))
    }

    /// What each seat of a section of the hall costs now.
    pub fn in_hall(&self, section: &HallSection) -> Amount {
        self.changed(section.name.as_str()).unwrap_or(section.price)
    }

    fn changed(&self, name: &str) -> Option<Amount> {
        self.0.as_ref()?.get(name).copied()
    }

    /// The same prices with one more changed.
    #[must_use]
    pub fn with(&self, name: &SectionName, price: Amount) -> Self {
        let mut prices = self.0.as_deref().cloned().unwrap_or_default();
        prices.insert(name.as_str().to_owned(), price);
        Self::new(prices)
    }

    /// The lowest and the highest price of a hall's seats now.
    pub fn range(&self, hall: &Hall) -> Option<(Amount, Amount)> {
        let prices = || hall.sections().iter().map(|section| self.in_hall(section));
        Some((prices().min()?, prices().max()?))
    }
}
