use seatline_domain::user::AccessTokenHash;

use crate::secret::secrets;

secrets! {
    /// A user's bearer token: a prefix by which it is recognised, and 256 bits that are random, or derived from a secret.
    /// Compared in constant time.
    AccessToken "slt_" AccessTokenHash
}

impl AccessToken {
    /// What it is made of. `None` of one that was not made here.
    pub(super) fn bytes(&self) -> Option<[u8; 32]> {
        self.0.bytes(Self::PREFIX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognisable_different_and_never_shown_by_debug() {
        let (one, other) = (AccessToken::generate().unwrap(), AccessToken::generate().unwrap());
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(AccessToken::parse(one.reveal()), Some(one.clone()));
        assert!(!format!("{one:?}").contains(&one.reveal()[4..]));
        for bad in ["", "slt_", "abc", &one.reveal()[..46], &format!("{}x", one.reveal())] {
            assert_eq!(AccessToken::parse(bad), None);
        }
    }
}
