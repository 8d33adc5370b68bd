use super::arrange::rows_of;
use super::checked_section::CheckedSection;
use super::row::CheckedRow;
use super::{HallError, RowPlan, SectionName};
use crate::point::{self, Amount};
use crate::seat::{SeatNumber, policy};

/// What an operator wrote about a section, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionPlan {
    /// Its name.
    pub name: SectionName,
    /// Its seats.
    pub seats: SectionSeats,
    /// The price of each of its seats.
    pub price: Amount,
}

/// The seats of a section, as an operator wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionSeats {
    /// Neighbouring seats, whose rows are chosen.
    Range {
        /// The first seat number.
        first_seat: u32,
        /// The last seat number.
        last_seat: u32,
    },
    /// Rows, from the front.
    Rows(Vec<RowPlan>),
}

/// Checks the sections of one hall together, and sorts them by their first seats.
pub(super) fn check(plans: Vec<SectionPlan>) -> Result<Vec<CheckedSection>, HallError> {
    if plans.is_empty() {
        return Err(HallError::NoSection);
    }
    if plans.len() > policy::MAX_SECTIONS {
        return Err(HallError::TooManySections);
    }
    let (mut sections, mut seats, mut rows) = (Vec::with_capacity(plans.len()), 0, 0);
    for (index, plan) in plans.into_iter().enumerate() {
        let section = check_section(plan, index)?;
        seats += section.rows.iter().map(|row| u64::from(row.seats())).sum::<u64>();
        rows += section.rows.len();
        sections.push(section);
        // As soon as there are too many: no plan makes much work.
        if seats > policy::MAX_SEATS_PER_PERFORMANCE.into() {
            return Err(HallError::TooManySeats);
        }
        if rows > policy::MAX_ROWS {
            return Err(HallError::TooManyRows);
        }
    }
    check_overlap(&sections)?;
    check_names(&sections)?;
    let first_seat = |section: &CheckedSection| section.rows.iter().map(|row| row.first_seat).min();
    sections.sort_by_key(first_seat);
    Ok(sections)
}

fn check_section(plan: SectionPlan, section: usize) -> Result<CheckedSection, HallError> {
    if plan.price > point::policy::MAX_PRICE {
        return Err(HallError::Price { section });
    }
    let rows = match plan.seats {
        SectionSeats::Range { first_seat, last_seat } => {
            let range = HallError::SeatRange { section };
            let (Ok(first), Ok(last)) = (SeatNumber::parse(first_seat), SeatNumber::parse(last_seat)) else {
                return Err(range);
            };
            if first > last {
                return Err(range);
            }
            if last_seat - first_seat >= policy::MAX_SEATS_PER_PERFORMANCE {
                return Err(HallError::TooManySeats);
            }
            rows_of(first, last)
        }
        SectionSeats::Rows(rows) => check_rows(&rows, section)?,
    };
    Ok(CheckedSection { name: plan.name, price: plan.price, rows })
}

fn check_rows(plans: &[RowPlan], section: usize) -> Result<Vec<CheckedRow>, HallError> {
    if plans.is_empty() {
        return Err(HallError::NoRow { section });
    }
    if plans.len() > policy::MAX_ROWS {
        return Err(HallError::TooManyRows);
    }
    let rows: Vec<CheckedRow> = plans
        .iter()
        .enumerate()
        .map(|(row, plan)| CheckedRow::parse(plan, section, row))
        .collect::<Result<_, _>>()?;
    let mut labels: Vec<(String, usize)> =
        rows.iter().enumerate().map(|(row, checked)| (checked.label.comparable(), row)).collect();
    labels.sort_unstable();
    let repeated = labels.windows(2).filter_map(|pair| match pair {
        [(left, _), (right, row)] if left == right => Some(*row),
        _ => None,
    });
    match repeated.min() {
        Some(row) => Err(HallError::RepeatedLabel { section, row }),
        None => Ok(rows),
    }
}

fn check_overlap(sections: &[CheckedSection]) -> Result<(), HallError> {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let mut ranges: Vec<_> = rows.map(|row| (row.first_seat, row.last_seat)).collect();
    ranges.sort_unstable();
    let overlap = |pair: &[(SeatNumber, SeatNumber)]| matches!(pair, [left, right] if left.1 >= right.0);
    if ranges.windows(2).any(overlap) { Err(HallError::Overlap) } else { Ok(()) }
}

fn check_names(sections: &[CheckedSection]) -> Result<(), HallError> {
    let mut names: Vec<_> = sections.iter().map(|section| section.name.comparable()).collect();
    names.sort_unstable();
    let repeated = names.windows(2).any(|pair| matches!(pair, [left, right] if left == right));
    if repeated { Err(HallError::RepeatedName) } else { Ok(()) }
}
