use super::Number;

/// How many numbers have left the line from the last number served up to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepartureSum {
    /// The end of a bucket.
    pub up_to: Number,
    /// How many have left.
    pub count: u64,
}

/// Sums of departures over buckets of numbers: few enough to be read by everybody, whatever the length of the line.
///
/// A bucket is the wider the further back it is, and ends at a multiple of its width, a power of two. So an end never goes
/// while somebody waits behind it: as the front comes nearer there are only more of them. That is why a position that is
/// reckoned from the sums never rises.
pub struct DepartureSums;

impl DepartureSums {
    /// The most sums.
    pub const MAX: usize = 1_024;
    /// The least distance from the front in widths of a bucket there, but for buckets of one number.
    const WIDTHS: u64 = 32;
    /// The greatest distance at which a bucket ends: further back there would be more than the most sums.
    const DISTANCE_MAX: u64 = 1 << 36;

    /// The width of the buckets at a distance from the front.
    pub fn width_at(distance: u64) -> u64 {
        1 << (distance / Self::WIDTHS).checked_ilog2().unwrap_or(0)
    }

    /// The sums of a line, where `departed` are the numbers that have left beyond the last one served, in order. Sums that
    /// add nothing to the one before are left out.
    ///
    /// Costs a binary search for each bucket.
    pub fn of(served: u64, last_number: u64, departed: &[u64]) -> Vec<DepartureSum> {
        let mut sums: Vec<DepartureSum> = Vec::new();
        let last_departed = departed.last().copied().unwrap_or(served);
        let (mut end, mut counted) = (served, 0);
        while end < last_departed {
            end = Self::next_end(served, end);
            if end > last_number || end - served >= Self::DISTANCE_MAX {
                break;
            }
            let count = u64::try_from(departed.partition_point(|number| *number <= end)).unwrap_or(u64::MAX);
            if count > counted {
                sums.push(DepartureSum { up_to: Number::new(end), count });
                counted = count;
            }
        }
        sums
    }

    /// The end of the bucket after one that ends at `end`.
    fn next_end(served: u64, end: u64) -> u64 {
        let mut next = end + 1;
        loop {
            let multiple = next.next_multiple_of(Self::width_at(next - served));
            if multiple == next {
                return next;
            }
            next = multiple;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ends(served: u64, up_to: u64) -> Vec<u64> {
        std::iter::successors(Some(DepartureSums::next_end(served, served)), |end| {
            Some(DepartureSums::next_end(served, *end))
        })
        .take_while(|end| *end <= up_to)
        .collect()
    }

    #[test]
    fn near_the_front_every_number_is_a_bucket_and_far_back_some_thousands_are() {
        assert_eq!(ends(100, 163), (101..=163).collect::<Vec<_>>());
        assert_eq!(ends(0, 72).get(60..), Some(&[61, 62, 63, 64, 66, 68, 70, 72][..]));
        assert_eq!(DepartureSums::width_at(10_000_000), 262_144);
        assert_eq!(ends(0, 10_000_000).len(), 614);
    }

    #[test]
    fn there_are_never_more_than_the_most() {
        for served in [0, 1, 12_345, (1 << 40) + 7] {
            let most = ends(served, served + DepartureSums::DISTANCE_MAX - 1).len();
            assert!(most <= DepartureSums::MAX, "{most} beyond {served}");
        }
    }

    #[test]
    fn sums_that_add_nothing_are_left_out() {
        let sum = |up_to, count| DepartureSum { up_to: Number::new(up_to), count };
        assert_eq!(DepartureSums::of(2, 90, &[]), []);
        assert_eq!(DepartureSums::of(2, 90, &[4, 5, 88]), [sum(4, 1), sum(5, 2), sum(88, 3)]);
        assert_eq!(DepartureSums::of(0, 71, &[71]), [], "its bucket ends with 72, which nobody has");
    }

    proptest! {
        #[test]
        fn an_end_stays_while_somebody_waits_behind_it(served in 0_u64..50_000, step in 0_u64..50_000) {
            let (before, after) = (ends(served, 120_000), ends(served + step, 120_000));
            let ahead = before.iter().filter(|end| **end > served + step);
            prop_assert!(ahead.into_iter().all(|end| after.binary_search(end).is_ok()));
        }
    }
}
