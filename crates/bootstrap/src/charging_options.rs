use clap::Args;
use seatline_adapters_payments::ApiAddress;
use seatline_domain::charge::Currency;
use secrecy::SecretString;

/// How points are charged, and by which provider.
#[derive(Debug, Clone, Args)]
pub struct ChargingOptions {
    /// How points are charged: `play` (they are play money), `operator` (operators credit them), `stripe` or `toss` (a
    /// provider takes the money). Without it `play`, where the embedded database is used and nobody else can reach the
    /// address; required everywhere else.
    #[arg(long = "payments", env = "SEATLINE_PAYMENTS", global = true)]
    pub mode: Option<String>,
    /// The currency of which a point costs one, by its three capital letters.
    #[arg(long, env = "SEATLINE_CURRENCY", global = true, default_value = "KRW", value_parser = Currency::parse)]
    pub currency: Currency,
    /// Stripe's secret key, or a restricted one that may write Checkout Sessions.
    #[arg(long, env = "SEATLINE_STRIPE_SECRET_KEY", global = true, hide_env_values = true)]
    pub stripe_secret_key: Option<SecretString>,
    /// The signing secrets of Stripe's webhook, separated by commas: several while they are changed. Without one, no notice
    /// is taken, and charges are looked up all the same.
    #[arg(long, env = "SEATLINE_STRIPE_WEBHOOK_SECRETS", global = true, hide_env_values = true)]
    pub stripe_webhook_secrets: Option<SecretString>,
    /// The address of Stripe's interface.
    #[arg(long, env = "SEATLINE_STRIPE_API", global = true, default_value = "https://api.stripe.com", value_parser = ApiAddress::parse)]
    pub stripe_api: ApiAddress,
    /// The secret key of Toss Payments.
    #[arg(long, env = "SEATLINE_TOSS_SECRET_KEY", global = true, hide_env_values = true)]
    pub toss_secret_key: Option<SecretString>,
    /// The address of Toss Payments' interface.
    #[arg(long, env = "SEATLINE_TOSS_API", global = true, default_value = "https://api.tosspayments.com", value_parser = ApiAddress::parse)]
    pub toss_api: ApiAddress,
}
