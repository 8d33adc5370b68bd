use seatline_domain::operator_key::OperatorKeyHash;

use crate::secret::secrets;

secrets! {
    /// An operators' key as its holder sends it: a prefix by which it is recognised, and 256 bits that are random, or
    /// derived from secrets. Compared in constant time.
    BearerKey "slk_" OperatorKeyHash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::AccessToken;

    #[test]
    fn a_key_is_no_access_token_and_not_shown_by_debug() {
        let key = BearerKey::generate().unwrap();
        assert_eq!(BearerKey::parse(key.reveal()), Some(key.clone()));
        assert_eq!(AccessToken::parse(key.reveal()), None);
        assert_eq!(BearerKey::parse(AccessToken::generate().unwrap().reveal()), None);
        assert_eq!(format!("{key:?}"), "BearerKey(..)");
    }
}
