use std::collections::HashMap;

use reqwest::header::HeaderValue;

use crate::points::Points;

/// Holds, payments, refunds and check-ins, as people sent them and were answered.
#[derive(Debug, Default)]
pub(crate) struct Bookkeeping {
    /// Payments that were acknowledged.
    pub(crate) paid: Tally,
    /// Payments that were sent and neither acknowledged nor refused.
    pub(crate) unsettled: Tally,
    /// Holds that were sent and neither refused nor, as far as anybody was told, paid or given up.
    pub(crate) holds_open: u64,
    /// Refunds that were acknowledged.
    pub(crate) refunded: Tally,
    /// Refunds that were sent and neither acknowledged nor refused.
    pub(crate) refunds_unsettled: Tally,
    /// Check-ins that were acknowledged.
    pub(crate) checked_in: u64,
    /// Check-ins that were sent and neither acknowledged nor refused.
    pub(crate) check_ins_unsettled: u64,
    /// Everybody who paid.
    pub(crate) buyers: HashMap<u32, Buyer>,
}

/// A number of payments and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    pub(crate) points: Points,
}

/// Somebody who paid.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) person: u32,
    pub(crate) bearer: HeaderValue,
    pub(crate) charged: Points,
    pub(crate) paid: Points,
    pub(crate) refund: RefundAnswer,
}

/// What somebody was told of the refund of what they had paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundAnswer {
    /// They did not ask, or it was refused.
    None,
    /// They asked, and got no answer.
    Unsettled,
    /// It was acknowledged.
    Done,
}

impl Tally {
    fn add(&mut self, points: Points) {
        self.count += 1;
        self.points += points;
    }

    fn subtract(&mut self, points: Points) {
        self.count = self.count.saturating_sub(1);
        self.points = self.points - points;
    }
}

impl Bookkeeping {
    /// Notes a hold that is about to be sent.
    pub(crate) fn hold_begins(&mut self) {
        self.holds_open += 1;
    }

    /// Notes that a hold was refused, paid or given up.
    pub(crate) fn hold_ends(&mut self) {
        self.holds_open = self.holds_open.saturating_sub(1);
    }

    /// Notes a payment that is about to be sent.
    pub(crate) fn payment_begins(&mut self, amount: Points) {
        self.unsettled.add(amount);
    }

    /// Notes that a payment was refused.
    pub(crate) fn payment_refused(&mut self, amount: Points) {
        self.unsettled.subtract(amount);
    }

    /// Notes that a payment of this amount was acknowledged.
    pub(crate) fn payment_done(&mut self, amount: Points, buyer: Buyer) {
        self.payment_refused(amount);
        self.hold_ends();
        self.paid.add(buyer.paid);
        self.buyers.insert(buyer.person, buyer);
    }

    /// Notes a refund, of all that this person paid, that is about to be sent.
    pub(crate) fn refund_begins(&mut self, person: u32) {
        if let Some(buyer) = self.buyers.get_mut(&person) {
            buyer.refund = RefundAnswer::Unsettled;
            self.refunds_unsettled.add(buyer.paid);
        }
    }

    /// Notes that a refund was refused.
    pub(crate) fn refund_refused(&mut self, person: u32) {
        if let Some(buyer) = self.buyers.get_mut(&person) {
            buyer.refund = RefundAnswer::None;
            self.refunds_unsettled.subtract(buyer.paid);
        }
    }

    /// Notes that a refund was acknowledged.
    pub(crate) fn refund_done(&mut self, person: u32) {
        if let Some(buyer) = self.buyers.get_mut(&person) {
            buyer.refund = RefundAnswer::Done;
            self.refunds_unsettled.subtract(buyer.paid);
            self.refunded.add(buyer.paid);
        }
    }

    /// Notes a check-in that is about to be sent.
    pub(crate) fn check_in_begins(&mut self) {
        self.check_ins_unsettled += 1;
    }

    /// Notes that a check-in was acknowledged or refused.
    pub(crate) fn check_in_ends(&mut self, acknowledged: bool) {
        self.check_ins_unsettled = self.check_ins_unsettled.saturating_sub(1);
        self.checked_in += u64::from(acknowledged);
    }
}

/// Finds a difference between the price of a seat, the amount of its hold, and what was paid.
pub(crate) fn check_price(person: u32, seat: Points, held: Points, paid: Points) -> Option<String> {
    (seat != held || held != paid)
        .then(|| format!("person {person} saw a price of {seat}, held for {held} and paid {paid}"))
}

/// Finds a refund of another amount than was paid, or after which less or more is there than was charged.
pub(crate) fn check_refund(
    person: u32,
    paid: Points,
    refunded: Points,
    charged: Points,
    balance: Points,
) -> Option<String> {
    (refunded != paid || balance != charged).then(|| {
        format!("person {person} charged {charged}, paid {paid}, was refunded {refunded} and has {balance}")
    })
}

impl Buyer {
    /// Somebody who has just paid.
    pub(crate) const fn new(person: u32, bearer: HeaderValue, charged: Points, paid: Points) -> Self {
        Self { person, bearer, charged, paid, refund: RefundAnswer::None }
    }

    /// Finds a balance that is not what they charged less what they paid and were not refunded.
    pub(crate) fn check_balance(&self, balance: Points) -> Option<String> {
        let Self { person, charged, paid, refund, .. } = self;
        let (kept, given_back) = (*charged - *paid, *charged);
        let expected = match refund {
            RefundAnswer::None => [kept, kept],
            RefundAnswer::Unsettled => [kept, given_back],
            RefundAnswer::Done => [given_back, given_back],
        };
        (!expected.contains(&balance)).then(|| {
            let refunded = if *refund == RefundAnswer::Done { ", was refunded" } else { "" };
            let [expected, _] = expected;
            format!(
                "person {person} charged {charged}, paid {paid}{refunded} and has {balance}, not {expected}"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        text.parse().unwrap()
    }

    fn buyer(charged: &str, paid: &str) -> Buyer {
        Buyer::new(1, HeaderValue::from_static("Bearer x"), points(charged), points(paid))
    }

    #[test]
    fn a_point_too_many_or_too_few_is_found() {
        let buyer = buyer("100", "99.99");
        assert_eq!(buyer.check_balance(points("0.01")), None);
        assert!(buyer.check_balance(points("0")).is_some());
        assert!(buyer.check_balance(points("0.02")).is_some());
    }

    #[test]
    fn another_price_than_shown_is_found() {
        let (a, b) = (points("5"), points("6"));
        assert_eq!(check_price(1, a, a, a), None);
        for (seat, held, paid) in [(b, a, a), (a, b, a), (a, a, b), (a, b, b)] {
            assert!(check_price(1, seat, held, paid).is_some());
        }
    }

    #[test]
    fn what_was_sent_is_unsettled_until_it_is_answered() {
        let mut bookkeeping = Bookkeeping::default();
        for _ in 0..3 {
            bookkeeping.hold_begins();
            bookkeeping.payment_begins(points("5"));
        }
        bookkeeping.payment_refused(points("5"));
        bookkeeping.payment_done(points("5"), buyer("5", "5"));
        assert_eq!(bookkeeping.paid, Tally { count: 1, points: points("5") });
        assert_eq!(bookkeeping.unsettled, Tally { count: 1, points: points("5") });
        assert_eq!((bookkeeping.holds_open, bookkeeping.buyers.len()), (2, 1));
    }

    #[test]
    fn a_refund_is_in_the_balance_once_it_is_told_and_may_be_before() {
        let mut bookkeeping = Bookkeeping::default();
        bookkeeping.payment_begins(points("5"));
        bookkeeping.payment_done(points("5"), buyer("8", "5"));
        let found = |bookkeeping: &Bookkeeping| {
            ["3", "8"].map(|balance| bookkeeping.buyers[&1].check_balance(points(balance)).is_some())
        };
        assert_eq!(found(&bookkeeping), [false, true]);
        bookkeeping.refund_begins(1);
        assert_eq!(found(&bookkeeping), [false, false]);
        assert_eq!(bookkeeping.refunds_unsettled, Tally { count: 1, points: points("5") });
        bookkeeping.refund_refused(1);
        assert_eq!((found(&bookkeeping), bookkeeping.refunded.count), ([false, true], 0));
        bookkeeping.refund_begins(1);
        bookkeeping.refund_done(1);
        assert_eq!(found(&bookkeeping), [true, false]);
        assert_eq!(bookkeeping.refunds_unsettled, Tally::default());
        assert_eq!(bookkeeping.refunded, Tally { count: 1, points: points("5") });
    }

    #[test]
    fn a_refund_of_too_little_or_of_too_much_is_found() {
        let found = |refunded, balance| {
            check_refund(1, points("5"), points(refunded), points("8"), points(balance)).is_some()
        };
        assert_eq!(
            [found("5", "8"), found("4", "7"), found("5", "7"), found("6", "9")],
            [false, true, true, true]
        );
    }
}
