//! Puts the pages of one adapter onto the server of the other; neither knows the other.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Resource};
use anyhow::Context;
use seatline_adapters_http::{
    HttpSettings, Limited, Pages, admit, count_refused_stream, count_wrong_key, may_guess, network_of,
    send_events,
};
use seatline_adapters_web::{
    Action, ConsoleSettings, EventStreams, Events, Limits, PublicUrl, Site, not_found, resources,
};
use seatline_application::Seatline;
use seatline_application::operator_keys::Owner;
use seatline_domain::id::UserId;
use seatline_domain::queue::{Capacity, RoomSettings};

use crate::config::Options;

/// The site, as the server serves it.
pub(crate) struct WebPages(Arc<Site>);

impl WebPages {
    pub(crate) fn new(
        seatline: Arc<Seatline>,
        public_url: &PublicUrl,
        settings: &HttpSettings,
    ) -> anyhow::Result<Self> {
        let key = settings.admin_key.clone();
        let new_rooms = RoomSettings::new(
            Capacity::default(),
            None,
            settings.default_pass_ttl,
            settings.default_show_up_within,
        );
        let console = ConsoleSettings {
            owner: Owner { operator: key.operator(), secret: key.secret() },
            is_owners_key: Box::new(move |presented| key.is(presented)),
            new_rooms: new_rooms.context("the settings of new waiting rooms are out of bounds")?,
        };
        Ok(Self(Site::new(seatline, Box::new(ServerLimits), Box::new(ServerStreams), public_url, console)))
    }
}

impl Pages for WebPages {
    fn resources(&self) -> Vec<(&'static str, Resource)> {
        resources(&self.0)
    }

    fn not_found(&self, request: &HttpRequest) -> HttpResponse {
        not_found(&self.0, request)
    }
}

/// The rates that the API has too.
struct ServerLimits;

impl Limits for ServerLimits {
    fn admit(&self, action: Action, request: &HttpRequest, user: Option<UserId>) -> Result<(), Duration> {
        let limited = match action {
            Action::OpenAccount => Limited::Registering,
            Action::SignIn => Limited::SigningIn,
            Action::Join => Limited::Joining,
            Action::Hold => Limited::Holding,
            Action::Pay => Limited::Paying,
            Action::Charge => Limited::Charging,
            Action::SeeSeats => Limited::Seats,
            Action::List => Limited::Listing,
        };
        admit(limited, request, user)
    }

    fn may_guess(&self, request: &HttpRequest) -> bool {
        may_guess(request)
    }

    fn wrong_key(&self, request: &HttpRequest) -> Result<(), Duration> {
        count_wrong_key(request)
    }

    fn network(&self, request: &HttpRequest) -> [u8; 16] {
        network_of(request)
    }
}

/// The streams that the API has too.
struct ServerStreams;

impl EventStreams for ServerStreams {
    fn send(
        &self,
        request: &HttpRequest,
        user: UserId,
        retry_ms: i64,
        first: Vec<Bytes>,
        events: Events,
    ) -> Result<HttpResponse, Duration> {
        send_events(request, user, retry_ms, first, events)
    }

    fn refused(&self) {
        count_refused_stream();
    }
}

/// The address under which people reach the page.
pub(crate) fn public_url(options: &Options, listener: &TcpListener) -> anyhow::Result<PublicUrl> {
    if let Some(url) = &options.public_url {
        return Ok(url.clone());
    }
    let address = listener.local_addr().context("the listener has no address")?;
    PublicUrl::parse(&format!("http://{address}")).context("the listener's address makes no URL")
}
