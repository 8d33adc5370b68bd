use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Resource, web};

use crate::pages;
use crate::refusal::Refusal;
use crate::serve::{act, look, look_and_act};
use crate::site::Site;
use crate::visit::Visit;

/// Every page of a site and what pages load, by their paths' patterns. Those without parameters come first.
pub fn resources(site: &Arc<Site>) -> Vec<(&'static str, Resource)> {
    let here =
        |(path, resource): (&'static str, Resource)| (path, resource.app_data(web::Data::from(site.clone())));
    unbound().into_iter().map(here).collect()
}

/// The answer to a path that nobody serves.
pub fn not_found(site: &Arc<Site>, request: &HttpRequest) -> HttpResponse {
    Visit::new(site.clone(), request.clone(), None).refuse(&Refusal::NotFound)
}

fn unbound() -> Vec<(&'static str, Resource)> {
    vec![
        look("/", pages::programme::show),
        look("/tickets", pages::tickets::show),
        look_and_act("/account", pages::account::show, pages::account::open),
        act("/account/charges", pages::account::charge),
        act("/account/key", pages::account::show_key),
        act("/account/device", pages::account::sign_in),
        act("/account/departure", pages::account::sign_out),
        act("/language", pages::files::choose_language),
        look("/assets/{name}", pages::files::asset),
        look("/tickets/{id}/code.svg", pages::tickets::code),
        look("/tickets/{id}/calendar.ics", pages::tickets::in_calendar),
        look("/posters/{id}.svg", pages::files::poster),
        look("/concerts/{id}", pages::concert::show),
        look_and_act("/concerts/{id}/line", pages::line::show, pages::line::join),
        look("/concerts/{id}/line/mine", pages::line::show_mine),
        look("/concerts/{id}/line/state", pages::line::state),
        act("/concerts/{id}/line/departure", pages::line::leave),
        look("/performances/{id}", pages::performance::show),
        act("/performances/{id}/hold", pages::performance::hold),
        act("/performances/{id}/best", pages::performance::hold_best),
        look("/performances/{id}/map", pages::seats::map),
        look("/performances/{id}/states", pages::seats::states),
        look("/performances/{id}/rows/{first}", pages::seats::row),
        look("/reservations/{id}", pages::reservation::show),
        act("/reservations/{id}/payment", pages::reservation::pay),
        act("/reservations/{id}/refund", pages::refund::refund),
        act("/reservations/{id}/departure", pages::reservation::release),
    ]
}
