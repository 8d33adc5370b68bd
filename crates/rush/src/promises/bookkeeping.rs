use reqwest::header::HeaderValue;

use crate::points::Points;

/// Holds and payments, as people sent them and were answered.
#[derive(Debug, Default)]
pub(crate) struct Bookkeeping {
    /// Payments that were acknowledged.
    pub(crate) paid: Tally,
    /// Payments that were sent and neither acknowledged nor refused.
    pub(crate) unsettled: Tally,
    /// Holds that were sent and neither refused nor, as far as anybody was told, paid or given up.
    pub(crate) holds_open: u64,
    /// Everybody who paid.
    pub(crate) buyers: Vec<Buyer>,
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
        self.unsettled.count += 1;
        self.unsettled.points += amount;
    }

    /// Notes that a payment was refused.
    pub(crate) fn payment_refused(&mut self, amount: Points) {
        self.unsettled.count = self.unsettled.count.saturating_sub(1);
        self.unsettled.points = self.unsettled.points - amount;
    }

    /// Notes that a payment of this amount was acknowledged.
    pub(crate) fn payment_done(&mut self, amount: Points, buyer: Buyer) {
        self.payment_refused(amount);
        self.hold_ends();
        self.paid.count += 1;
        self.paid.points += buyer.paid;
        self.buyers.push(buyer);
    }
}

/// Finds a difference between the price of a seat, the amount of its hold, and what was paid.
pub(crate) fn check_price(person: u32, seat: Points, held: Points, paid: Points) -> Option<String> {
    (seat != held || held != paid)
        .then(|| format!("person {person} saw a price of {seat}, held for {held} and paid {paid}"))
}

impl Buyer {
    /// Finds a balance that is not what they charged less what they paid.
    pub(crate) fn check_balance(&self, balance: Points) -> Option<String> {
        let Self { person, charged, paid, .. } = self;
        let expected = *charged - *paid;
        (balance != expected).then(|| {
            format!("person {person} charged {charged}, paid {paid} and has {balance}, not {expected}")
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
        let bearer = HeaderValue::from_static("Bearer x");
        Buyer { person: 1, bearer, charged: points(charged), paid: points(paid) }
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
}
