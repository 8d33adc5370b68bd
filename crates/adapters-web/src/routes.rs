use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Resource, web};

use crate::refusal::Refusal;
use crate::serve::{act, look, look_and_act};
use crate::site::Site;
use crate::visit::Visit;
use crate::{console, pages};

/// Every page of a site and what pages load, by their paths' patterns.
pub fn resources(site: &Arc<Site>) -> Vec<(&'static str, Resource)> {
    let here =
        |(path, resource): (&'static str, Resource)| (path, resource.app_data(web::Data::from(site.clone())));
    unbound().into_iter().chain(console()).map(here).collect()
}

/// The answer to a path that nobody serves.
pub fn not_found(site: &Arc<Site>, request: &HttpRequest) -> HttpResponse {
    Visit::new(site.clone(), request.clone(), None).refuse(&Refusal::NotFound)
}

fn unbound() -> Vec<(&'static str, Resource)> {
    vec![
        // Paths are tried in this order: first those that a whole crowd asks for.
        look_and_act("/concerts/{id}/line", pages::line::show, pages::line::join),
        look("/concerts/{id}/line/state", pages::line::state),
        look("/assets/{name}", pages::files::asset),
        look("/", pages::programme::show),
        look("/tickets", pages::tickets::show),
        look_and_act("/account", pages::account::show, pages::account::open),
        act("/account/charges", pages::account::charge),
        act("/account/key", pages::account::show_key),
        act("/account/code", pages::account::show_code),
        act("/account/device", pages::account::sign_in),
        act("/account/departure", pages::account::sign_out),
        act("/language", pages::files::choose_language),
        look("/tickets/{id}/code.svg", pages::tickets::code),
        look("/tickets/{id}/calendar.ics", pages::tickets::in_calendar),
        look("/posters/{id}.svg", pages::files::poster),
        look("/charges/{id}", pages::charge::show),
        look("/charges/{id}/checkout", pages::charge::checkout),
        look("/charges/{id}/return", pages::charge::returned),
        look("/console/gate-worker.js", pages::files::gate_worker),
        look("/concerts/{id}", pages::concert::show),
        look("/concerts/{id}/left", pages::concert::left),
        look("/concerts/{id}/line/mine", pages::line::show_mine),
        act("/concerts/{id}/line/departure", pages::line::leave),
        look("/performances/{id}", pages::performance::show),
        act("/performances/{id}/hold", pages::performance::hold),
        act("/performances/{id}/best", pages::performance::hold_best),
        look("/performances/{id}/map", pages::seats::map),
        look("/performances/{id}/states", pages::seats::states),
        look("/performances/{id}/events", pages::live_seats::events),
        look("/performances/{id}/rows/{first}", pages::seats::row),
        look("/reservations/{id}", pages::reservation::show),
        act("/reservations/{id}/payment", pages::reservation::pay),
        act("/reservations/{id}/refund", pages::refund::refund),
        act("/reservations/{id}/departure", pages::reservation::release),
    ]
}

/// The operators' console: every path with what it is for.
fn console() -> Vec<(&'static str, Resource)> {
    use console::access::{in_passing, with};
    use console::{
        Duty, audit, cancellation, corrections, gate, home, keys, new_concert, new_performance, people,
        performance, points, queue, sale, seats, sign_in, webhook, webhooks,
    };
    let (any, own, operate) = (Duty::Any, Duty::Own, Duty::Operate);
    let (support, gates) = (Duty::Support, Duty::Gate);
    vec![
        look("/console", with(any, home::show)),
        act("/console/session", sign_in::sign_in),
        act("/console/departure", with(any, sign_in::sign_out)),
        look_and_act(
            "/console/new-concert",
            with(operate, new_concert::show),
            with(operate, new_concert::add),
        ),
        look_and_act("/console/keys", with(own, keys::show), with(own, keys::make)),
        act("/console/keys/{id}/revocation", with(own, keys::revoke)),
        look_and_act("/console/webhooks", with(own, webhooks::show), with(own, webhooks::make)),
        look("/console/webhooks/{id}", with(own, webhook::show)),
        act("/console/webhooks/{id}/change", with(own, webhook::change)),
        act("/console/webhooks/{id}/switch", with(own, webhook::switch)),
        act("/console/webhooks/{id}/secret", with(own, webhook::replace_secret)),
        act("/console/webhooks/{id}/replay", with(own, webhook::replay)),
        act("/console/webhooks/{id}/deletion", with(own, webhook::delete)),
        look("/console/gates", with(gates, home::gates)),
        look("/console/people", with(support, people::find)),
        look("/console/people/{id}", with(support, people::show)),
        act("/console/people/{id}/refund", with(support, points::refund)),
        act("/console/people/{id}/points", with(support, points::change)),
        look("/console/concerts/{id}", with(operate, sale::show)),
        look("/console/concerts/{id}/figures", in_passing(operate, sale::figures)),
        look("/console/concerts/{id}/forecast", in_passing(operate, sale::forecast_of_typed)),
        look("/console/concerts/{id}/audit", with(operate, audit::show)),
        act("/console/concerts/{id}/queue", with(operate, queue::configure)),
        act("/console/concerts/{id}/pause", with(operate, queue::pause)),
        act("/console/concerts/{id}/opening", with(operate, queue::open)),
        act("/console/concerts/{id}/corrections", with(operate, corrections::of_concert)),
        look_and_act(
            "/console/concerts/{id}/new-performance",
            with(operate, new_performance::show),
            with(operate, new_performance::add),
        ),
        act("/console/halls", in_passing(operate, new_performance::draw)),
        look("/console/performances/{id}", with(operate, performance::show)),
        look("/console/performances/{id}/map", in_passing(operate, seats::map)),
        act("/console/performances/{id}/seats", with(operate, seats::change)),
        act("/console/performances/{id}/corrections", with(operate, corrections::of_performance)),
        act("/console/performances/{id}/price", with(operate, corrections::of_price)),
        act("/console/performances/{id}/cancellation", with(operate, cancellation::cancel)),
        look_and_act("/console/performances/{id}/gate", with(gates, gate::show), with(gates, gate::check_in)),
        act("/console/performances/{id}/gate/check-in", with(gates, gate::check_in_quietly)),
        look("/console/performances/{id}/gate/list", in_passing(gates, gate::list)),
    ]
}
