//! What a user sees of their tickets.

use seatline_tests::contract::{TICKET, TICKETS};
use seatline_tests::{Cluster, Sale};
use serde_json::{Value, json};

fn path(ticket: &Value, rest: &str) -> String {
    format!("/api/v1/tickets/{}{rest}", ticket["ticketId"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_lists_their_tickets_by_start_and_finds_each() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let late = Sale::builder().seats_per_user(2).open(&operator).await;
    let early = Sale::builder().starts_at("2099-12-01T19:00:00+09:00").open(&operator).await;
    let mut ada = cluster.user().await;
    assert_eq!(ada.tickets().await, [json!(null); 0]);
    let later = ada.buy(&late, &[8, 7]).await;
    let earlier = ada.buy(&early, &[3]).await;
    let all = ada.tickets().await;
    assert_eq!(all, [earlier.as_slice(), &later].concat());
    assert_eq!(all[1]["ticketId"].as_str().unwrap().split_once('.').unwrap().1, "7");
    assert_eq!((&all[0]["title"], &all[0]["venue"]), (&json!("Winter Gala"), &json!("Grand Hall, Seoul")));
    let (mut paged, mut query): (Vec<Value>, _) = (Vec::new(), "?limit=1".to_owned());
    loop {
        let page = ada.get(&format!("/api/v1/tickets{query}")).send().await.of_kind(200, TICKETS);
        paged.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        query = format!("?limit=1&cursor={cursor}");
    }
    assert_eq!(paged, all);
    let bob = cluster.user().await;
    for ticket in &all {
        assert_eq!(ada.get(&path(ticket, "")).send().await.of_kind(200, TICKET), *ticket);
        for rest in ["", "/qr.svg", "/calendar.ics"] {
            bob.get(&path(ticket, rest)).send().await.problem(404, "ticket_not_found");
        }
    }
    bob.get(&format!("/api/v1/tickets{query}")).send().await.problem(400, "malformed_request");
    ada.get("/api/v1/tickets/7").send().await.problem(400, "malformed_request");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_shown_as_an_image() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut ada = cluster.user().await;
    let ticket = ada.buy(&sale, &[7]).await.remove(0);
    let image = ada.get(&path(&ticket, "/qr.svg")).header("accept", "image/*").send().await;
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/svg+xml")));
    assert!(image.header("cache-control").unwrap().starts_with("private"));
    assert!(image.text().contains("<svg"), "{}", image.text());
    let refused = ada.get(&path(&ticket, "/qr.svg")).header("accept", "application/json").send().await;
    refused.problem(406, "not_acceptable");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_an_event_of_a_calendar() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let mut ada = cluster.user().await;
    let ticket = ada.buy(&sale, &[7]).await.remove(0);
    let title = "Gala; \"Night, Light\" \\ ".to_owned() + &"밤과 빛의 축제 ".repeat(8);
    operator.change_concert(&sale.concert_id, &json!({"title": title})).await;
    let event = ada.get(&path(&ticket, "/calendar.ics")).send().await;
    assert_eq!((event.status, event.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
    let text = event.text();
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<_> = unfolded.split_terminator("\r\n").collect();
    let value = |name: &str| {
        let mut values = lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let value = values.next().unwrap_or_else(|| panic!("no {name}: {text}"));
        assert_eq!(values.next(), None, "{name}");
        value
    };
    assert_eq!((lines[0], lines[lines.len() - 1]), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    assert_eq!((value("VERSION"), value("DTSTART")), ("2.0", "20991224T100000Z"));
    assert_eq!(value("UID"), format!("{}@tickets.seatline", ticket["ticketId"].as_str().unwrap()));
    assert_eq!(value("LOCATION"), "Grand Hall\\, Seoul");
    let escaped = title.trim().replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    assert_eq!(value("SUMMARY"), escaped);
    assert_eq!((value("STATUS"), value("DTSTAMP").len()), ("CONFIRMED", "20991224T100000Z".len()));
    cluster.end().await;
}
