//! Every error code of the contract, each produced for real.

mod access;
mod booking;
mod charging;
mod faults;
mod programme;
mod requests;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use seatline_adapters_http::Code;
use seatline_tests::contract::PROBLEM;
use seatline_tests::{Answer, Cluster};

/// How to come by one code, and the fields that come with it beyond those that every problem has.
pub(super) struct Case {
    code: &'static str,
    extras: &'static [&'static str],
    produce: for<'c> fn(&'c Cluster) -> BoxFuture<'c, Answer>,
}

/// Lists cases: the code, its fields, and what produces it on a cluster.
macro_rules! cases {
    ($($code:literal $extras:tt |$cluster:ident| $produce:block)*) => {
        pub(super) const CASES: &[crate::errors::Case] = &[$(crate::errors::Case {
            code: $code,
            extras: &$extras,
            produce: |$cluster| Box::pin(async move { $produce }),
        }),*];
    };
}
pub(super) use cases;

/// The codes, by status, as the contract lists them.
pub(super) const CATALOGUE: &[(u16, &[&str])] = &[
    (400, &["malformed_request", "idempotency_key_missing", "idempotency_key_invalid"]),
    (401, &["unauthenticated", "queue_token_missing", "queue_token_invalid", "queue_token_expired"]),
    (402, &["insufficient_points"]),
    (403, &["not_admitted", "queue_token_mismatch", "forbidden", "charging_closed"]),
    (
        404,
        &[
            "not_found",
            "concert_not_found",
            "performance_not_found",
            "date_not_found",
            "seat_not_found",
            "section_not_found",
            "reservation_not_found",
            "payment_not_found",
            "user_not_found",
            "key_not_found",
            "webhook_not_found",
            "delivery_not_found",
            "ticket_not_found",
            "charge_not_found",
        ],
    ),
    (405, &["method_not_allowed"]),
    (406, &["not_acceptable"]),
    (408, &["request_timeout"]),
    (413, &["body_too_large"]),
    (415, &["unsupported_media_type"]),
    (
        409,
        &[
            "seat_held",
            "seat_sold",
            "seat_blocked",
            "reservation_active",
            "sold_out",
            "no_adjacent_seats",
            "seat_limit_exceeded",
            "sales_not_open",
            "sales_closed",
            "performance_started",
            "performance_cancelled",
            "refund_closed",
            "reservation_not_payable",
            "reservation_not_cancellable",
            "date_ambiguous",
            "ticket_used",
            "ticket_void",
            "idempotency_in_flight",
        ],
    ),
    (410, &["hold_expired"]),
    (422, &["invalid_value", "idempotency_key_reused", "ticket_invalid"]),
    (429, &["rate_limited"]),
    (431, &["headers_too_large"]),
    (500, &["internal_error"]),
    (503, &["unavailable"]),
];

/// Codes that this version never answers with, and why.
const NOT_PRODUCED: &[(&str, &str)] =
    &[("idempotency_in_flight", "a repetition waits in the lane for the first request and gets its answer")];

fn all_cases() -> impl Iterator<Item = &'static Case> {
    let modules = [
        requests::CASES,
        access::CASES,
        programme::CASES,
        booking::CASES,
        charging::CASES,
        tickets::CASES,
        faults::CASES,
    ];
    modules.into_iter().flatten()
}

fn statuses() -> BTreeMap<&'static str, u16> {
    CATALOGUE.iter().flat_map(|(status, codes)| codes.iter().map(move |code| (*code, *status))).collect()
}

#[test]
fn the_catalogue_is_the_contracts() {
    let served: BTreeMap<_, _> =
        Code::ALL.iter().map(|code| (code.as_str(), code.status().as_u16())).collect();
    assert_eq!(served, statuses());
}

#[test]
fn every_code_of_the_catalogue_is_produced_by_a_test() {
    let produced: BTreeSet<_> = all_cases().map(|case| case.code).collect();
    let excused: BTreeSet<_> = NOT_PRODUCED.iter().map(|(code, _)| *code).collect();
    assert!(produced.is_disjoint(&excused), "no excuse is needed for what is produced");
    let listed: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(produced.union(&excused).copied().collect::<BTreeSet<_>>(), listed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_comes_with_its_status_and_fields() {
    let cluster = Cluster::start().await;
    let (statuses, mut listed) = (statuses(), BTreeSet::new());
    for case in all_cases() {
        let problem = (case.produce)(&cluster).await.problem(statuses[case.code], case.code);
        let mut fields: BTreeSet<_> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        for (member, _) in PROBLEM {
            assert!(fields.remove(member));
        }
        assert_eq!(fields, case.extras.iter().copied().collect(), "{problem}");
        listed.insert(problem["type"].as_str().unwrap().to_owned());
    }
    let page = cluster.client().get("/docs/errors").send().await.text();
    for documentation in listed {
        let anchor = documentation.strip_prefix("/docs/errors#").unwrap();
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{documentation} resolves to nothing");
    }
    cluster.end().await;
}
