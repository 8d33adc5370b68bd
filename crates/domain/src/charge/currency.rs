use std::fmt;

use thiserror::Error;

use crate::point::Amount;

/// What a point is worth one of: a currency by its code of three letters (ISO 4217), with two decimals or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The text is no code of a currency that points can be worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CurrencyError {
    /// It does not have three letters.
    #[error("must be the three capital letters of a currency, such as KRW or EUR")]
    Malformed,
    /// It has three decimals, and points have two.
    #[error("is a currency with three decimals, and points have two")]
    ThreeDecimals,
}

impl Currency {
    /// The South Korean won.
    pub const KRW: Self = Self(*b"KRW");

    /// Currencies without a smaller unit.
    const WHOLE: &[[u8; 3]] = &[
        *b"BIF", *b"CLP", *b"DJF", *b"GNF", *b"ISK", *b"JPY", *b"KMF", *b"KRW", *b"MGA", *b"PYG", *b"RWF",
        *b"UGX", *b"VND", *b"VUV", *b"XAF", *b"XOF", *b"XPF",
    ];
    /// Currencies with a thousand smaller units.
    const THREE_DECIMALS: &[[u8; 3]] = &[*b"BHD", *b"IQD", *b"JOD", *b"KWD", *b"LYD", *b"OMR", *b"TND"];

    /// Reads a code, in capital letters.
    ///
    /// # Errors
    /// [`CurrencyError`] naming what is wrong with it.
    pub fn parse(code: &str) -> Result<Self, CurrencyError> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| CurrencyError::Malformed)?;
        if !letters.iter().all(u8::is_ascii_uppercase) {
            return Err(CurrencyError::Malformed);
        }
        if Self::THREE_DECIMALS.contains(&letters) {
            return Err(CurrencyError::ThreeDecimals);
        }
        Ok(Self(letters))
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether it has no smaller unit.
    pub fn is_whole(self) -> bool {
        Self::WHOLE.contains(&self.0)
    }

    /// The least amount that can be taken in it and is no less than this one.
    pub fn round_up(self, amount: Amount) -> Amount {
        if self.can_express(amount) {
            amount
        } else {
            Amount::try_from(amount.decimal().ceil()).unwrap_or(amount)
        }
    }

    /// Whether an amount can be taken in it.
    pub fn can_express(self, amount: Amount) -> bool {
        !self.is_whole() || amount.decimal().is_integer()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_capital_letters_of_a_currency_with_two_decimals_at_most() {
        assert_eq!(Currency::parse("EUR").unwrap().code(), "EUR");
        for bad in ["", "eur", "EU", "EURO", "E1R", "원"] {
            assert_eq!(Currency::parse(bad), Err(CurrencyError::Malformed), "{bad}");
        }
        assert_eq!(Currency::parse("KWD"), Err(CurrencyError::ThreeDecimals));
    }

    #[test]
    fn a_won_has_no_parts() {
        let half = Amount::parse("0.5").unwrap();
        assert!(!Currency::KRW.can_express(half));
        assert!(Currency::KRW.can_express(Amount::parse("1000.00").unwrap()));
        assert!(Currency::parse("USD").unwrap().can_express(half));
    }

    #[test]
    fn amounts_are_rounded_up_to_what_can_be_taken() {
        for (code, needed, taken) in [
            ("KRW", "0.01", "1"),
            ("KRW", "999.50", "1000"),
            ("KRW", "1000.00", "1000"),
            ("JPY", "0", "0"),
            ("EUR", "999.51", "999.51"),
        ] {
            let rounded = Currency::parse(code).unwrap().round_up(Amount::parse(needed).unwrap());
            assert_eq!(rounded, Amount::parse(taken).unwrap(), "{needed} {code}");
        }
    }
}
