//! Pages: one module for each thing that people look at, with its forms and what its scripts ask for.

mod account;
mod concert;
mod files;
mod line;
mod performance;
mod programme;
mod reservation;
mod seats;
mod tickets;

pub(crate) use line::LinePages;

use actix_web::http::header;
use actix_web::{HttpResponseBuilder, Resource};

use crate::language::Language;
use crate::serve::{act, look, look_and_act};

/// Every page and what it loads. Those without parameters come first.
pub(crate) fn resources() -> Vec<(&'static str, Resource)> {
    vec![
        look("/", programme::show),
        look("/tickets", tickets::show),
        look_and_act("/account", account::show, account::open),
        act("/account/charges", account::charge),
        act("/account/key", account::show_key),
        act("/account/device", account::sign_in),
        act("/account/departure", account::sign_out),
        act("/language", files::choose_language),
        look("/assets/{name}", files::asset),
        look("/posters/{id}.svg", files::poster),
        look("/concerts/{id}", concert::show),
        look_and_act("/concerts/{id}/line", line::show, line::join),
        look("/concerts/{id}/line/mine", line::show_mine),
        look("/concerts/{id}/line/state", line::state),
        act("/concerts/{id}/line/departure", line::leave),
        look("/performances/{id}", performance::show),
        act("/performances/{id}/hold", performance::hold),
        look("/performances/{id}/map", seats::map),
        look("/performances/{id}/states", seats::states),
        look("/performances/{id}/rows/{first}", seats::row),
        look("/reservations/{id}", reservation::show),
        act("/reservations/{id}/payment", reservation::pay),
        act("/reservations/{id}/departure", reservation::release),
    ]
}

/// The headers of every page, unless it says otherwise: kept by nobody.
pub(crate) fn as_page(response: &mut HttpResponseBuilder, language: Language) {
    response
        .content_type(header::ContentType::html())
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::REFERRER_POLICY, "same-origin"));
}
