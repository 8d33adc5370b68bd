use super::books::{Books, Tally};

/// What the operators' sales say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sold {
    pub(crate) sold: Tally,
    pub(crate) held: u64,
}

/// The sales before and after against what people were told. Where nobody but them bought anything (`alone`), what was
/// sold is what was acknowledged, and nothing is held but what somebody left behind; otherwise it is at least what was
/// acknowledged. Payments whose answer nobody got may have been made or not.
pub(crate) fn compare(before: Sold, after: Sold, books: &Books, alone: bool) -> Vec<Option<String>> {
    let Books { paid, unsettled, holds_open, .. } = books;
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

    fn found(before: u64, after: (u64, u64), books: &Books, alone: bool) -> usize {
        let (sold, held) = after;
        let before = Sold { sold: tally(before), held: 0 };
        let found = compare(before, Sold { sold: tally(sold), held }, books, alone);
        found.into_iter().flatten().count()
    }

    #[test]
    fn alone_every_difference_is_found() {
        let books = Books { paid: tally(10), holds_open: 2, ..Books::default() };
        assert_eq!(found(0, (10, 2), &books, true), 0);
        assert_eq!(found(0, (9, 2), &books, true), 2);
        assert_eq!(found(0, (11, 2), &books, true), 2);
        assert_eq!(found(0, (10, 3), &books, true), 1);
        assert_eq!(found(1, (10, 0), &books, true), 2);
    }

    #[test]
    fn points_are_looked_at_too() {
        let books = Books { paid: tally(10), ..Books::default() };
        let after = Sold { sold: Tally { count: 10, ..tally(9) }, held: 0 };
        let found: Vec<_> = compare(Sold::default(), after, &books, true).into_iter().flatten().collect();
        assert_eq!(found, ["45 points were taken by the sales, 50 by what people were told"]);
    }

    #[test]
    fn what_nobody_knows_may_be_so_or_so() {
        let books = Books { paid: tally(10), unsettled: tally(2), ..Books::default() };
        for (sold, broken) in [(9, 2), (10, 0), (12, 0), (13, 2)] {
            assert_eq!(found(0, (sold, 0), &books, true), broken, "{sold}");
        }
    }

    #[test]
    fn others_may_buy_too_but_nothing_may_be_missing() {
        let books = Books { paid: tally(10), ..Books::default() };
        assert_eq!(found(5, (15, 0), &books, false), 0);
        assert_eq!(found(5, (99, 50), &books, false), 0);
        assert_eq!(found(5, (14, 0), &books, false), 2);
    }
}
