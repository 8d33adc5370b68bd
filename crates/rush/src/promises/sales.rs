use super::bookkeeping::{Bookkeeping, Tally};

/// The operators' sales: seats sold and held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SalesFigures {
    pub(crate) sold: Tally,
    pub(crate) held: u64,
}

/// Compares the sales before and after with what people were told: one result for each comparison.
///
/// Where nobody but them bought anything (`alone`), what was sold is what was acknowledged, and nothing is held but what
/// somebody left behind; otherwise it is at least what was acknowledged. Payments that were not answered may have been
/// made or not.
pub(crate) fn compare_sales(
    before: SalesFigures,
    after: SalesFigures,
    bookkeeping: &Bookkeeping,
    alone: bool,
) -> Vec<Option<String>> {
    let Bookkeeping { paid, unsettled, holds_open, .. } = bookkeeping;
    let count = after.sold.count.saturating_sub(before.sold.count);
    let points = after.sold.points - before.sold.points;
    let (count_most, points_most) = (paid.count + unsettled.count, paid.points + unsettled.points);
    let mut found = vec![
        (count < paid.count || (alone && count > count_most)).then(|| {
            format!("{count} seats were sold by the sales, {} by what people were told", paid.count)
        }),
        (points < paid.points || (alone && points > points_most)).then(|| {
            format!("{points} points were taken by the sales, {} by what people were told", paid.points)
        }),
    ];
    if alone {
        found.push((after.held > *holds_open).then(|| {
            format!(
                "{} seats are held by the sales, at most {holds_open} by what people were told",
                after.held
            )
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::Points;

    fn tally(count: u64) -> Tally {
        Tally { count, points: (0..count).map(|_| Points::whole(5)).sum() }
    }

    fn found(before: u64, after: (u64, u64), bookkeeping: &Bookkeeping, alone: bool) -> usize {
        let (sold, held) = after;
        let before = SalesFigures { sold: tally(before), held: 0 };
        let found = compare_sales(before, SalesFigures { sold: tally(sold), held }, bookkeeping, alone);
        found.into_iter().flatten().count()
    }

    #[test]
    fn alone_every_difference_is_found() {
        let bookkeeping = Bookkeeping { paid: tally(10), holds_open: 2, ..Bookkeeping::default() };
        assert_eq!(found(0, (10, 2), &bookkeeping, true), 0);
        assert_eq!(found(0, (9, 2), &bookkeeping, true), 2);
        assert_eq!(found(0, (11, 2), &bookkeeping, true), 2);
        assert_eq!(found(0, (10, 3), &bookkeeping, true), 1);
        assert_eq!(found(1, (10, 0), &bookkeeping, true), 2);
    }

    #[test]
    fn points_are_looked_at_too() {
        let bookkeeping = Bookkeeping { paid: tally(10), ..Bookkeeping::default() };
        let after = SalesFigures { sold: Tally { count: 10, ..tally(9) }, held: 0 };
        let found: Vec<_> =
            compare_sales(SalesFigures::default(), after, &bookkeeping, true).into_iter().flatten().collect();
        assert_eq!(found, ["45 points were taken by the sales, 50 by what people were told"]);
    }

    #[test]
    fn what_nobody_knows_may_be_so_or_so() {
        let bookkeeping = Bookkeeping { paid: tally(10), unsettled: tally(2), ..Bookkeeping::default() };
        for (sold, broken) in [(9, 2), (10, 0), (12, 0), (13, 2)] {
            assert_eq!(found(0, (sold, 0), &bookkeeping, true), broken, "{sold}");
        }
    }

    #[test]
    fn others_may_buy_too_but_nothing_may_be_missing() {
        let bookkeeping = Bookkeeping { paid: tally(10), ..Bookkeeping::default() };
        assert_eq!(found(5, (15, 0), &bookkeeping, false), 0);
        assert_eq!(found(5, (99, 50), &bookkeeping, false), 0);
        assert_eq!(found(5, (14, 0), &bookkeeping, false), 2);
    }
}
