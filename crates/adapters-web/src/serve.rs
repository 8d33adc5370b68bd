use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};
use futures::FutureExt;

use crate::refusal::{Answer, Refusal};
use crate::same_site::is_ours;
use crate::site::Site;
use crate::visit::Visit;

/// A page that is looked at.
pub(crate) fn look<F>(path: &'static str, handler: F) -> (&'static str, Resource)
where
    F: AsyncHandler,
{
    (path, closed(web::resource(path)).route(looking(handler)))
}

/// A form that is sent.
pub(crate) fn act<F>(path: &'static str, handler: F) -> (&'static str, Resource)
where
    F: AsyncHandler,
{
    (path, closed(web::resource(path)).route(acting(handler)))
}

/// A page with a form that is sent to its own path.
pub(crate) fn look_and_act<L, A>(path: &'static str, look: L, act: A) -> (&'static str, Resource)
where
    L: AsyncHandler,
    A: AsyncHandler,
{
    (path, closed(web::resource(path)).route(looking(look)).route(acting(act)))
}

/// A handler of one visit.
pub(crate) trait AsyncHandler: Clone + 'static {
    /// Answers it.
    fn call(&self, visit: Visit) -> impl Future<Output = Answer>;
}

impl<F, R> AsyncHandler for F
where
    F: Fn(Visit) -> R + Clone + 'static,
    R: Future<Output = Answer>,
{
    fn call(&self, visit: Visit) -> impl Future<Output = Answer> {
        self(visit)
    }
}

fn looking(handler: impl AsyncHandler) -> Route {
    let reads = |method: &Method| matches!(*method, Method::GET | Method::HEAD);
    web::route().guard(guard::fn_guard(move |of| reads(&of.head().method))).to(served(handler))
}

fn acting(handler: impl AsyncHandler) -> Route {
    web::post().to(served(handler))
}

fn closed(resource: Resource) -> Resource {
    let refuse = |_: Visit| async { Err(Refusal::WrongMethod) };
    resource.default_service(web::route().to(served(refuse)))
}

/// Goes around every handler: forms of other sites are refused, a panic is an error, and an error is a page.
fn served(
    handler: impl AsyncHandler,
) -> impl Handler<(web::Data<Site>, HttpRequest, web::Payload), Output = HttpResponse> {
    move |site: web::Data<Site>, request: HttpRequest, payload: web::Payload| {
        let handler = handler.clone();
        let site: Arc<Site> = site.into_inner();
        async move {
            let changes = !request.method().is_safe();
            let ours = !changes || is_ours(&request, &site.public_origin);
            let answer = if ours {
                let visit = Visit::new(site.clone(), request.clone(), Some(payload.into_inner()));
                let answer = AssertUnwindSafe(handler.call(visit)).catch_unwind().await;
                answer.unwrap_or_else(|_| Err(Refusal::Broken("a panic".into())))
            } else {
                Err(Refusal::OtherSite)
            };
            answer.unwrap_or_else(|refusal| Visit::new(site, request, None).refuse(&refusal))
        }
    }
}
