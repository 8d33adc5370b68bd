use super::SectionName;
use super::row::CheckedRow;
use crate::point::Amount;

/// A section whose rows are known, if not yet where they are.
pub(super) struct CheckedSection {
    pub(super) name: SectionName,
    pub(super) price: Amount,
    pub(super) rows: Vec<CheckedRow>,
}
