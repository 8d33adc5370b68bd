//! Pages of another adapter, beside the API.

use std::sync::Arc;

use actix_web::test::TestRequest;
use actix_web::{HttpRequest, HttpResponse, Resource, web};

use super::world::{World, get};
use crate::pages::Pages;

struct OnePage;

impl Pages for OnePage {
    fn resources(&self) -> Vec<(&'static str, Resource)> {
        let show =
            || async { HttpResponse::Ok().insert_header(("referrer-policy", "same-origin")).body("a page") };
        vec![("/", web::resource("/").route(web::get().to(show)))]
    }

    fn not_found(&self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NotFound().body("no such page")
    }
}

fn world() -> World {
    World { pages: Some(Arc::new(OnePage)), ..World::new() }
}

#[actix_web::test]
async fn pages_stand_where_the_front_door_was_and_have_every_header() {
    let reply = world().send(get("/")).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (200, "a page".to_owned()));
    assert_eq!(reply.header("referrer-policy"), "same-origin", "a page may say so itself");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(!reply.header("x-request-id").is_empty());
    assert_eq!(world().send(get("/docs")).await.status.as_u16(), 200, "the documentation stays");
}

#[actix_web::test]
async fn an_unknown_path_is_a_page_for_browsers_only_and_never_below_the_api() {
    let browser = |path: &str| TestRequest::with_uri(path).insert_header(("accept", "text/html, */*;q=0.8"));
    let reply = world().send(browser("/nowhere")).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (404, "no such page".to_owned()));
    for path in ["/api", "/api/", "/api/v1/nowhere"] {
        world().send(browser(path)).await.problem(404, "not_found");
    }
    world().send(get("/nowhere")).await.problem(404, "not_found");
    World::new().send(browser("/nowhere")).await.problem(404, "not_found");
}
