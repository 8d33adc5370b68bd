use std::sync::Arc;

use seatline_domain::charge::{Currency, ProviderName};
use seatline_domain::point::Amount;
use seatline_domain::ports::PaymentProvider;

use super::ProviderCharges;

/// How points are charged, as it is configured.
#[derive(Clone, Default)]
pub enum ChargingMode {
    /// With play money: whoever asks is credited at once.
    #[default]
    Play,
    /// By operators only.
    Operator,
    /// By a provider that takes so much of a currency for each point.
    Provider {
        /// The provider.
        provider: Arc<dyn PaymentProvider>,
        /// The currency.
        currency: Currency,
    },
}

/// The same, as use cases know it.
#[derive(Clone)]
pub enum Charging {
    /// With play money.
    Play,
    /// By operators only.
    Operator,
    /// By a provider.
    Provider(Arc<ProviderCharges>),
}

impl Charging {
    /// The provider and what it charged, if there is one.
    pub fn provider(&self) -> Option<&Arc<ProviderCharges>> {
        match self {
            Self::Provider(provider) => Some(provider),
            Self::Play | Self::Operator => None,
        }
    }

    /// The name of the provider, if there is one.
    pub fn provider_name(&self) -> Option<ProviderName> {
        self.provider().map(|provider| provider.name())
    }

    /// The least that can be charged and is enough for so many points.
    pub fn enough_for(&self, points: Amount) -> Amount {
        self.provider().map_or(points, |provider| provider.currency().round_up(points))
    }
}
