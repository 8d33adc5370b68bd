use thiserror::Error;

/// Why a key is too easy to guess, however long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum WeakKey {
    /// It uses hardly any different characters.
    #[error("a key must have at least {DISTINCT_MIN} different characters")]
    FewCharacters,
    /// It is the same text again and again.
    #[error("a key must not repeat one text again and again")]
    Repetition,
    /// It counts, or runs through the alphabet.
    #[error("a key must not be a row of letters or digits")]
    Row,
}

/// Random keys have more, also those that are written as 32 hexadecimal digits.
const DISTINCT_MIN: usize = 8;

/// Refuses keys that nobody drew by lot. This tells only the plainest of them: length and chance make a key.
pub(crate) fn check_strength(key: &str) -> Result<(), WeakKey> {
    let bytes = key.as_bytes();
    let mut distinct = bytes.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < DISTINCT_MIN {
        return Err(WeakKey::FewCharacters);
    }
    let repeats_after =
        |length: usize| bytes.iter().zip(bytes.iter().skip(length)).all(|(one, other)| one == other);
    if (1..=bytes.len() / 2).any(repeats_after) {
        return Err(WeakKey::Repetition);
    }
    let steps: Vec<_> =
        bytes.iter().zip(bytes.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one)).collect();
    let even = steps.iter().zip(steps.iter().skip(1)).filter(|(one, next)| one == next).count();
    if even > bytes.len() / 2 { Err(WeakKey::Row) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_keys_and_long_phrases_are_taken() {
        for good in [
            "6f1c0f0e8f0b4f3f8a6f1f7d2f4b9c3e",
            "0a8e3f6b1c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829304b5c6d7",
            "q0Yc2mZp9Jr5Xv8Tn3Lw6Bs1Kd4Hf7Ga-_uEiOxA",
            "the-operators-key-of-these-tests-0123456789",
        ] {
            assert_eq!(check_strength(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_anybody_would_try_is_refused() {
        for (weak, why) in [
            ("a".repeat(40), WeakKey::FewCharacters),
            ("0101".repeat(16), WeakKey::FewCharacters),
            ("password".repeat(5), WeakKey::FewCharacters),
            ("changeme!".repeat(4), WeakKey::Repetition),
            ("0123456789".repeat(4) + "012", WeakKey::Repetition),
            ("abcdefghijklmnopqrstuvwxyz0123456789".to_owned(), WeakKey::Row),
            ("ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210".to_owned(), WeakKey::Row),
            (String::new(), WeakKey::FewCharacters),
        ] {
            assert_eq!(check_strength(&weak), Err(why), "{weak}");
        }
    }
}
