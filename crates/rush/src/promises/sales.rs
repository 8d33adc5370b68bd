use super::bookkeeping::{Bookkeeping, Tally};
use crate::points::Points;

/// The operators' sales: seats sold and held, what was refunded, and tickets that were checked in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SalesFigures {
    pub(crate) sold: Tally,
    pub(crate) held: u64,
    pub(crate) refunded: Points,
    pub(crate) checked_in: u64,
}

/// Compares the sales before and after with what people were told: one result for each comparison.
///
/// Where nobody but them bought anything (`alone`), each figure is what was acknowledged, and nothing is held but what
/// somebody left behind; otherwise it is at least what was acknowledged. What was not answered may have been done or not.
pub(crate) fn compare_sales(
    before: SalesFigures,
    after: SalesFigures,
    bookkeeping: &Bookkeeping,
    alone: bool,
) -> Vec<Option<String>> {
    let Bookkeeping { paid, unsettled, holds_open, refunded, refunds_unsettled, .. } = bookkeeping;
    let Bookkeeping { checked_in, check_ins_unsettled, .. } = bookkeeping;
    let sold = after.sold.count.saturating_sub(before.sold.count);
    let given_back = after.refunded - before.refunded;
    // Others may give back what they bought before: what was taken in all only grows.
    let taken = after.sold.points - before.sold.points + given_back;
    let came_in = after.checked_in.saturating_sub(before.checked_in);
    let others_gave_back = !alone && given_back > refunded.points + refunds_unsettled.points;
    let sold_least = (paid.count - refunded.count).saturating_sub(refunds_unsettled.count);
    let sold_most = paid.count + unsettled.count - refunded.count;
    let mut found = vec![
        ((sold < sold_least && !others_gave_back) || (alone && sold > sold_most)).then(|| {
            let told = paid.count - refunded.count;
            format!("{sold} seats were sold by the sales, {told} by what people were told")
        }),
        (taken < paid.points || (alone && taken > paid.points + unsettled.points)).then(|| {
            format!("{taken} points were taken by the sales, {} by what people were told", paid.points)
        }),
        (given_back < refunded.points || (alone && given_back > refunded.points + refunds_unsettled.points))
            .then(|| {
                let told = refunded.points;
                format!("{given_back} points were refunded by the sales, {told} by what people were told")
            }),
        ((came_in < *checked_in && !others_gave_back)
            || (alone && came_in > checked_in + check_ins_unsettled))
            .then(|| {
                format!(
                    "{came_in} tickets were checked in by the sales, {checked_in} by what people were told"
                )
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

    fn tally(count: u64) -> Tally {
        Tally { count, points: (0..count).map(|_| Points::whole(5)).sum() }
    }

    fn sales(sold: Tally, held: u64) -> SalesFigures {
        SalesFigures { sold, held, ..SalesFigures::default() }
    }

    fn found(before: u64, after: (u64, u64), bookkeeping: &Bookkeeping, alone: bool) -> usize {
        let (sold, held) = after;
        let before = sales(tally(before), 0);
        let found = compare_sales(before, sales(tally(sold), held), bookkeeping, alone);
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
        let after = sales(Tally { count: 10, ..tally(9) }, 0);
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

    /// How many differences there are when so many seats are sold, points refunded and tickets checked in.
    fn found_afterwards(
        sold: u64,
        refunded: u64,
        checked_in: u64,
        bookkeeping: &Bookkeeping,
        alone: bool,
    ) -> usize {
        let after = SalesFigures { sold: tally(sold), held: 0, refunded: tally(refunded).points, checked_in };
        compare_sales(SalesFigures::default(), after, bookkeeping, alone).into_iter().flatten().count()
    }

    #[test]
    fn what_was_refunded_and_checked_in_is_looked_at_too() {
        let bookkeeping =
            Bookkeeping { paid: tally(10), refunded: tally(3), checked_in: 4, ..Bookkeeping::default() };
        let found =
            |sold, refunded, checked_in| found_afterwards(sold, refunded, checked_in, &bookkeeping, true);
        assert_eq!(found(7, 3, 4), 0);
        assert_eq!((found(7, 3, 3), found(7, 3, 5)), (1, 1), "check-ins");
        assert_eq!((found(8, 2, 4), found(6, 4, 4)), (2, 2), "sold and refunded");
        assert_eq!((found(7, 2, 4), found(7, 4, 4)), (2, 2), "refunded and taken");
    }

    #[test]
    fn a_refund_or_check_in_that_was_not_answered_may_be_so_or_so() {
        let bookkeeping = Bookkeeping {
            paid: tally(10),
            refunds_unsettled: tally(1),
            check_ins_unsettled: 1,
            ..Bookkeeping::default()
        };
        for (sold, refunded, checked_in) in [(10, 0, 0), (9, 1, 0), (10, 0, 1)] {
            assert_eq!(found_afterwards(sold, refunded, checked_in, &bookkeeping, true), 0);
        }
        assert!(found_afterwards(8, 2, 0, &bookkeeping, true) > 0);
        assert!(found_afterwards(10, 0, 2, &bookkeeping, true) > 0);
    }

    #[test]
    fn others_may_give_back_what_they_bought_before() {
        let bookkeeping = Bookkeeping { paid: tally(2), ..Bookkeeping::default() };
        let before = SalesFigures { sold: tally(5), checked_in: 1, ..SalesFigures::default() };
        let after = SalesFigures { sold: tally(4), refunded: tally(3).points, ..SalesFigures::default() };
        assert_eq!(compare_sales(before, after, &bookkeeping, false).into_iter().flatten().count(), 0);
        let one_is_missing = SalesFigures { sold: tally(3), ..after };
        assert_eq!(
            compare_sales(before, one_is_missing, &bookkeeping, false).into_iter().flatten().count(),
            1
        );
    }
}
