use std::fmt;
use std::iter::Sum;

use rust_decimal::Decimal;
use thiserror::Error;

/// A number of points: not negative, at most two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// Error of parsing an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// It is not a plain decimal number such as `1500` or `0.5`. Exponents are not taken.
    #[error("must be a plain decimal number")]
    Malformed,
    /// It is below zero.
    #[error("must not be negative")]
    Negative,
    /// It has more than two decimals.
    #[error("must have at most two decimals")]
    TooManyDecimals,
    /// It is beyond every cap.
    #[error("is too large")]
    TooLarge,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The most digits before the decimal point that are read at all.
    const MAX_WHOLE_DIGITS: usize = 17;
    /// Digits after the decimal point.
    const MAX_DECIMALS: usize = 2;

    /// So many whole points.
    pub const fn whole(points: u32) -> Self {
        Self(Decimal::from_parts(points, 0, 0, false, 0))
    }

    /// Reads a plain decimal number; never rounds.
    ///
    /// # Errors
    /// [`AmountError`] naming what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) {
            return Err(AmountError::Malformed);
        }
        if negative {
            return Err(AmountError::Negative);
        }
        if decimals.len() > Self::MAX_DECIMALS {
            return Err(AmountError::TooManyDecimals);
        }
        if whole.trim_start_matches('0').len() > Self::MAX_WHOLE_DIGITS {
            return Err(AmountError::TooLarge);
        }
        let number = Decimal::from_str_exact(digits).map_err(|_| AmountError::TooLarge)?;
        Self::try_from(number)
    }

    /// The number.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The sum; `None` beyond what the type can hold.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self::normalized)
    }

    /// The difference; `None` when it would be negative.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self >= other).then(|| self.0.checked_sub(other.0).map(Self::normalized)).flatten()
    }

    /// Without zeros at the end, so that equal amounts read the same however they came about.
    fn normalized(number: Decimal) -> Self {
        Self(number.normalize())
    }
}

impl TryFrom<Decimal> for Amount {
    type Error = AmountError;

    fn try_from(number: Decimal) -> Result<Self, AmountError> {
        let number = number.normalize();
        if number.is_sign_negative() && !number.is_zero() {
            return Err(AmountError::Negative);
        }
        if number.scale() > 2 {
            return Err(AmountError::TooManyDecimals);
        }
        Ok(Self(number))
    }
}

impl Sum for Amount {
    /// Adds up amounts that caps keep far below what the type can hold.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| Self::normalized(sum.0.saturating_add(amount.0)))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_plain_decimals_and_nothing_else() {
        for good in ["0", "1500", "0.5", "10.25", "007", "99999999999999999.99"] {
            assert!(Amount::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-", ".", "1.", ".5", "1e3", "NaN", "Infinity", "+1", " 1", "1,5", "0x1", "１"] {
            assert_eq!(Amount::parse(bad), Err(AmountError::Malformed), "{bad}");
        }
        assert_eq!(Amount::parse("-1"), Err(AmountError::Negative));
        assert_eq!(Amount::parse("1.005"), Err(AmountError::TooManyDecimals));
        assert_eq!(Amount::parse("1.000"), Err(AmountError::TooManyDecimals));
        assert_eq!(Amount::parse(&"9".repeat(40)), Err(AmountError::TooLarge));
        assert_eq!(Amount::parse("9223372036854775808"), Err(AmountError::TooLarge));
    }

    #[test]
    fn equal_amounts_read_the_same_however_they_came_about() {
        let (half, one) = (Amount::parse("45.5").unwrap(), Amount::parse("91").unwrap());
        let sums = [half.checked_add(half).unwrap(), [half, half].into_iter().sum()];
        assert_eq!(sums.map(|sum| sum.to_string()), ["91", "91"]);
        let difference = Amount::parse("91.5").unwrap().checked_sub(Amount::parse("0.50").unwrap()).unwrap();
        assert_eq!((difference.to_string(), one.to_string()), ("91".into(), "91".into()));
    }

    proptest! {
        #[test]
        fn what_is_read_is_never_rounded(whole in 0_u64..10_000_000_000, cents in 0_u8..100) {
            let amount = Amount::parse(&format!("{whole}.{cents:02}")).unwrap();
            prop_assert_eq!(amount.decimal() * Decimal::from(100), Decimal::from(whole * 100 + u64::from(cents)));
        }

        #[test]
        fn adding_and_taking_away_cancel(a in 0_u32.., b in 0_u32..) {
            let (a, b) = (Amount::whole(a), Amount::whole(b));
            prop_assert_eq!(a.checked_add(b).unwrap().checked_sub(b), Some(a));
            prop_assert_eq!(a.checked_sub(b).is_some(), a >= b);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = Amount::parse(&text);
        }
    }
}
