use std::sync::Arc;

use seatline_domain::commands::{RegisterError, RegisterUserCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{Answer, IdempotencyKey, NetworkDigest, NewcomerKey};
use seatline_domain::ports::{Accounts, Ids};
use seatline_domain::user::{User, UserName};

use super::AccessToken;
use crate::queue::QueueTokens;

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its user.
    pub user: User,
    /// Their token. `None` on a repetition by a key that others may have guessed.
    pub access_token: Option<AccessToken>,
}

/// An idempotency key, and the network from which it came: there is no user yet to whom it could belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewcomerRequest {
    /// The key.
    pub key: IdempotencyKey,
    /// The client's address, or what its network has in common.
    pub network: [u8; 16],
}

/// Opens an account.
///
/// The token of an account that is opened under a secret key is derived from that key, the account's id and a secret of
/// the service: so a retry is given the token again, of which only the hash is stored. A key that may be guessed opens one
/// account too, but its repetition shows no token, since it may come from somebody else.
pub struct RegisterUser {
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
    /// The service's secrets.
    pub secrets: Arc<QueueTokens>,
}

impl RegisterUser {
    const TOKENS: &str = "seatline access token";
    const NETWORKS: &str = "seatline network";

    /// Opens an account with an empty wallet, or finds the one that the key opened.
    ///
    /// # Errors
    /// [`RegisterError::KeyReused`] when the key came with another name before; storage's.
    pub async fn execute(
        &self,
        name: Option<UserName>,
        request: Option<NewcomerRequest>,
    ) -> Result<Answer<Registered>, RegisterError> {
        let id = UserId::new(self.ids.next());
        let key = request.as_ref().map(|request| &request.key).filter(|key| key.may_be_secret());
        let derived = key.and_then(|key| self.derived_tokens(id, key).into_iter().next());
        let access_token = match derived {
            Some(token) => token,
            None => AccessToken::generate()?,
        };
        let command = RegisterUserCommand {
            user: User { id, name },
            token_hash: access_token.hash(),
            key: request.as_ref().map(|request| self.newcomer_key(request)),
        };
        let answer = self.accounts.register(command).await?;
        let account = &answer.value;
        let access_token = if answer.replayed {
            let tokens = key.map(|key| self.derived_tokens(account.user.id, key)).unwrap_or_default();
            tokens.into_iter().find(|token| token.hash() == account.token_hash)
        } else {
            Some(access_token)
        };
        let registered = Registered { user: account.user.clone(), access_token };
        Ok(answer.with(registered))
    }

    /// The token that a key gives an account, by each secret.
    fn derived_tokens(&self, id: UserId, key: &IdempotencyKey) -> Vec<AccessToken> {
        let id = id.uuid();
        let id_bytes: &[u8] = id.as_bytes();
        let parts: [&[u8]; 2] = [id_bytes, key.as_str().as_bytes()];
        self.secrets.derive(Self::TOKENS, &parts).map(|bytes| AccessToken::of(&bytes)).collect()
    }

    fn newcomer_key(&self, request: &NewcomerRequest) -> NewcomerKey {
        let mut network = [0; 16];
        let digest = self.secrets.derive(Self::NETWORKS, &[request.network.as_slice()]).next();
        network.iter_mut().zip(digest.unwrap_or_default()).for_each(|(byte, digit)| *byte = digit);
        NewcomerKey { network: NetworkDigest::new(network), key: request.key.clone() }
    }
}
