use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An amount of points, exact: read and written digit by digit, never as a binary fraction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(Decimal);

impl Points {
    /// An amount of whole points.
    pub(crate) const fn whole(points: u32) -> Self {
        Self(Decimal::from_parts(points, 0, 0, false, 0))
    }

    /// An amount of hundredths of a point.
    pub(crate) const fn hundredths(hundredths: u32) -> Self {
        Self(Decimal::from_parts(hundredths, 0, 0, false, 2))
    }

    /// Whether it is above 0.
    pub(crate) fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }
}

impl FromStr for Points {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_str_exact(text).map(|amount| Self(amount.normalize()))
    }
}

impl fmt::Display for Points {
    /// Writes the digits in groups of three.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.abs().normalize().to_string();
        let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
        if self.0.is_sign_negative() {
            formatter.write_str("-")?;
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        fraction.map_or(Ok(()), |fraction| write!(formatter, ".{fraction}"))
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = <&RawValue>::deserialize(deserializer)?;
        written.get().parse().map_err(D::Error::custom)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = RawValue::from_string(self.0.normalize().to_string());
        written.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Points {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_exact_in_both_directions() {
        let read: Vec<Points> = serde_json::from_str("[0.1, 0.20, 77000, 99999999999999999.99]").unwrap();
        assert_eq!(read[0] + read[1], points("0.3"));
        assert_eq!(serde_json::to_string(&read).unwrap(), "[0.1,0.2,77000,99999999999999999.99]");
        assert!(serde_json::from_str::<Points>("\"a\"").is_err());
    }

    #[test]
    fn amounts_are_shown_in_groups() {
        let shown = ["0", "999", "1000", "1234567.5", "-100", "-1000"].map(|text| points(text).to_string());
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567.5", "-100", "-1,000"]);
    }
}
