use seatline_domain::id::UserId;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{DeviceCodeHash, FormHash, SealedToken};

use super::AccessToken;
use crate::queue::QueueTokens;

/// What a person types to take their account to another device: eight characters, which are hard to confuse.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCodeText(String);

impl DeviceCodeText {
    /// 32 characters, without those that look like others.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const LENGTH: usize = 8;

    /// A new one, from the operating system's random numbers.
    ///
    /// # Errors
    /// The operating system has none to give.
    pub fn generate() -> Result<Self, StorageError> {
        let mut bytes = [0; Self::LENGTH];
        getrandom::fill(&mut bytes)
            .map_err(|error| StorageError::Unavailable(format!("no random numbers: {error}")))?;
        let character = |byte: u8| Self::ALPHABET.get(usize::from(byte % 32)).copied().map(char::from);
        Ok(Self(bytes.into_iter().filter_map(character).collect()))
    }

    /// Takes what somebody typed: in small letters or large, with spaces and dashes or without, and with the letters that
    /// look like digits.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(Self::LENGTH + 1);
        let code: String = plain
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = code.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        (known && code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// The code as it is shown, once: in two halves.
    pub fn reveal(&self) -> String {
        let (first, second) = self.0.split_at_checked(Self::LENGTH / 2).unwrap_or((&self.0, ""));
        format!("{first}-{second}")
    }
}

impl std::fmt::Debug for DeviceCodeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceCodeText(..)")
    }
}

/// What is stored of codes, by the secrets of the service.
pub(super) struct CodeSecrets<'s>(pub(super) &'s QueueTokens);

impl CodeSecrets<'_> {
    const HASHES: &'static str = "seatline device code";
    const SEALS: &'static str = "seatline device code seal";
    const FORMS: &'static str = "seatline device code form";

    /// The hashes of a code by each secret; the first is that of today.
    pub(super) fn hashes(&self, code: &DeviceCodeText) -> Vec<DeviceCodeHash> {
        self.0.derive(Self::HASHES, &[code.0.as_bytes()]).map(DeviceCodeHash::new).collect()
    }

    /// Seals a token by a code, with the secret of today. The pad is as long as the token and used for nothing else: it is
    /// that of one code, one user and one secret.
    pub(super) fn seal(
        &self,
        token: &AccessToken,
        code: &DeviceCodeText,
        user: UserId,
    ) -> Option<SealedToken> {
        let pad = self.pads(code, user).into_iter().next()?;
        Some(SealedToken::new(mixed(token.bytes()?, pad)))
    }

    /// Opens a token that was sealed with one of the secrets, by its place among them.
    pub(super) fn open(
        &self,
        sealed: SealedToken,
        code: &DeviceCodeText,
        user: UserId,
        secret: usize,
    ) -> Option<AccessToken> {
        let pad = self.pads(code, user).into_iter().nth(secret)?;
        Some(AccessToken::of(&mixed(*sealed.bytes(), pad)))
    }

    /// What tells a form from others.
    pub(super) fn form(&self, key: &str) -> FormHash {
        FormHash::new(self.0.derive(Self::FORMS, &[key.as_bytes()]).next().unwrap_or_default())
    }

    fn pads(&self, code: &DeviceCodeText, user: UserId) -> Vec<[u8; 32]> {
        let id = user.uuid();
        let id: &[u8] = id.as_bytes();
        self.0.derive(Self::SEALS, &[code.0.as_bytes(), id]).collect()
    }
}

fn mixed(mut bytes: [u8; 32], pad: [u8; 32]) -> [u8; 32] {
    bytes.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::QueueKey;
    use uuid::Uuid;

    fn secrets(keys: &[u8]) -> QueueTokens {
        let key = |byte: &u8| QueueKey::parse(&[*byte; 32]).unwrap();
        QueueTokens::new(key(&keys[0]), keys[1..].iter().map(key).collect())
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = DeviceCodeText("A01Z9QRS".into());
        assert_eq!(code.reveal(), "A01Z-9QRS");
        for typed in ["A01Z-9QRS", "a01z9qrs", " aoiz 9qrs ", "AOLZ–9QRS".replace('–', "-").as_str()] {
            assert_eq!(DeviceCodeText::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        for wrong in ["", "A01Z-9QR", "A01Z-9QRST", "A01Z-9QRU", "가나다라마바사아", "slt_AAAAAAAA"] {
            assert_eq!(DeviceCodeText::parse(wrong), None, "{wrong}");
        }
        let new = DeviceCodeText::generate().unwrap();
        assert_eq!(DeviceCodeText::parse(&new.reveal()).as_ref(), Some(&new));
        assert_ne!(DeviceCodeText::generate().unwrap(), new);
        assert_eq!(format!("{new:?}"), "DeviceCodeText(..)");
    }

    #[test]
    fn a_sealed_token_is_opened_by_its_code_its_user_and_its_secret_only() {
        let (ada, bob) = (UserId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        let (code, other) = (DeviceCodeText("A01Z9QRS".into()), DeviceCodeText("A01Z9QRT".into()));
        let (token, today) = (AccessToken::generate().unwrap(), secrets(&[1]));
        let today = CodeSecrets(&today);
        let sealed = today.seal(&token, &code, ada).unwrap();
        assert_ne!(Some(*sealed.bytes()), token.bytes());
        assert_eq!(today.open(sealed, &code, ada, 0), Some(token.clone()));
        for (code, user) in [(&other, ada), (&code, bob)] {
            assert_ne!(today.open(sealed, code, user, 0), Some(token.clone()));
        }
        let rotated = secrets(&[2, 1]);
        let rotated = CodeSecrets(&rotated);
        assert_eq!(rotated.hashes(&code)[1], today.hashes(&code)[0]);
        assert_eq!(rotated.open(sealed, &code, ada, 1), Some(token.clone()));
        assert_ne!(rotated.open(sealed, &code, ada, 0), Some(token));
    }
}
