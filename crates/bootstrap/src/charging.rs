//! The way of charging points that was chosen, and the provider where one takes the money.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use seatline_adapters_payments::{Stripe, StripeSettings, Toss, TossSettings};
use seatline_application::charges::ChargingMode;
use seatline_domain::ports::PaymentProvider;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{Options, given};
use crate::pages::public_url;

/// The ways of charging points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChosenMode {
    Play,
    Operator,
    Stripe,
    Toss,
}

const CHOICES: &str = "play (points are play money), operator (operators credit points), \
                       stripe or toss (a payment provider takes the money)";

impl ChosenMode {
    const ALL: [Self; 4] = [Self::Play, Self::Operator, Self::Stripe, Self::Toss];

    /// The way that was chosen. Only where nobody else can come is there a default.
    ///
    /// # Errors
    /// One sentence that names the choices.
    pub(crate) fn of(options: &Options) -> anyhow::Result<Self> {
        let chosen = options.charging.mode.as_deref().map(str::trim).filter(|mode| !mode.is_empty());
        match chosen {
            Some(name) => {
                let mode = Self::ALL.into_iter().find(|mode| mode.as_str() == name);
                mode.with_context(|| format!("SEATLINE_PAYMENTS must be {CHOICES}; it is `{name}`"))
            }
            None if options.given_database().is_some() => {
                bail!("SEATLINE_PAYMENTS is required together with DATABASE_URL: {CHOICES}")
            }
            None if !options.listen.ip().to_canonical().is_loopback() => {
                bail!("SEATLINE_PAYMENTS is required where others can reach {}: {CHOICES}", options.listen)
            }
            None => Ok(Self::Play),
        }
    }

    /// Its name in settings and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::Operator => "operator",
            Self::Stripe => "stripe",
            Self::Toss => "toss",
        }
    }

    /// What the start says of it.
    pub(crate) const fn announcement(self) -> &'static str {
        match self {
            Self::Play => "play money: whoever asks is credited at once",
            Self::Operator => "by operators only",
            Self::Stripe => "by Stripe",
            Self::Toss => "by Toss Payments",
        }
    }

    /// Sets the provider up, where there is one.
    ///
    /// # Errors
    /// What is missing for it.
    pub(crate) fn set_up(self, options: &Options, listener: &TcpListener) -> anyhow::Result<ChargingMode> {
        let charging = &options.charging;
        let provider: Arc<dyn PaymentProvider> = match self {
            Self::Play => return Ok(ChargingMode::Play),
            Self::Operator => return Ok(ChargingMode::Operator),
            Self::Stripe => Arc::new(Stripe::new(StripeSettings {
                api: charging.stripe_api.clone(),
                secret_key: required(
                    charging.stripe_secret_key.as_ref(),
                    "SEATLINE_STRIPE_SECRET_KEY",
                    self,
                )?,
                webhook_secrets: webhook_secrets(charging.stripe_webhook_secrets.as_ref()),
                public_url: self.return_address(options, listener)?,
            })?),
            Self::Toss => Arc::new(Toss::new(TossSettings {
                api: charging.toss_api.clone(),
                secret_key: required(charging.toss_secret_key.as_ref(), "SEATLINE_TOSS_SECRET_KEY", self)?,
                public_url: self.return_address(options, listener)?,
            })?),
        };
        Ok(ChargingMode::Provider { provider, currency: charging.currency })
    }

    /// The address to which a provider sends browsers back.
    fn return_address(self, options: &Options, listener: &TcpListener) -> anyhow::Result<String> {
        let is_local = |address: SocketAddr| address.ip().to_canonical().is_loopback();
        ensure!(
            options.public_url.is_some() || is_local(listener.local_addr()?),
            "SEATLINE_PUBLIC_URL is required with SEATLINE_PAYMENTS={}: the provider sends browsers back there",
            self.as_str()
        );
        public_url(options, listener).map(|url| url.origin().to_owned())
    }
}

fn required(secret: Option<&SecretString>, variable: &str, mode: ChosenMode) -> anyhow::Result<SecretString> {
    let secret = given(secret)
        .with_context(|| format!("{variable} is required with SEATLINE_PAYMENTS={}", mode.as_str()))?;
    Ok(SecretString::from(secret.expose_secret().trim()))
}

fn webhook_secrets(secrets: Option<&SecretString>) -> Vec<SecretString> {
    let secrets = given(secrets).map(ExposeSecret::expose_secret).unwrap_or_default();
    let secrets = secrets.split(',').map(str::trim).filter(|secret| !secret.is_empty());
    secrets.map(SecretString::from).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Cli;

    const SOME_DATABASE: &str = "--database-url=postgresql://db.example/seatline";

    fn chosen(arguments: &[&str]) -> Result<ChosenMode, String> {
        let cli = Cli::try_parse_from(["seatline"].iter().chain(arguments)).unwrap();
        ChosenMode::of(&cli.options).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn points_are_play_money_unasked_only_where_nobody_else_can_come() {
        for arguments in [&[][..], &["--listen=[::1]:8080"], &["--payments="], &["--database-url="]] {
            assert_eq!(chosen(arguments), Ok(ChosenMode::Play), "{arguments:?}");
        }
        for arguments in [
            &[SOME_DATABASE][..],
            &["--listen=0.0.0.0:8080"],
            &["--listen=192.0.2.7:8080"],
            &["--listen=[::]:8080"],
            &["--payments= ", SOME_DATABASE],
        ] {
            let message = chosen(arguments).unwrap_err();
            for choice in ["SEATLINE_PAYMENTS", "play", "operator", "stripe", "toss"] {
                assert!(message.contains(choice), "{message}");
            }
            assert_eq!(message.lines().count(), 1, "{message}");
        }
        assert_eq!(chosen(&["--listen=0.0.0.0:8080", "--payments=play"]), Ok(ChosenMode::Play));
    }

    #[test]
    fn a_misspelt_choice_is_refused_with_the_choices() {
        for misspelt in ["strpe", "PLAY", "none", "play,stripe"] {
            let message = chosen(&[&format!("--payments={misspelt}")]).unwrap_err();
            assert!(message.contains(misspelt) && message.contains(CHOICES), "{message}");
        }
    }

    #[test]
    fn a_provider_needs_its_key_and_an_address_to_come_back_to() {
        let set_up = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["seatline"].iter().chain(arguments)).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let mode = ChosenMode::of(&cli.options).unwrap().set_up(&cli.options, &listener);
            mode.map(|_| ()).map_err(|error| format!("{error:#}"))
        };
        assert!(set_up(&["--payments=stripe"]).unwrap_err().contains("SEATLINE_STRIPE_SECRET_KEY"));
        assert!(set_up(&["--payments=toss"]).unwrap_err().contains("SEATLINE_TOSS_SECRET_KEY"));
        set_up(&["--payments=stripe", "--stripe-secret-key=sk_test_1"]).unwrap();
        set_up(&["--payments=toss", "--toss-secret-key=test_sk_1"]).unwrap();
    }
}
