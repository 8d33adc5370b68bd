//! From the programme to a ticket, by links and buttons alone.

use seatline_tests::{Browser, Cluster, ClusterOptions, Page, Sale, eventually};
use serde_json::json;

/// What the buttons of the journey are called.
struct Names {
    join: &'static str,
    seat: &'static str,
    hold: &'static str,
    charge: &'static str,
    pay: &'static str,
    yours: &'static str,
    ticket: &'static str,
}

const ENGLISH: Names = Names {
    join: "Get in line",
    seat: "Floor, row A, seat 7, 1,000 points",
    hold: "Hold",
    charge: "Charge points",
    pay: "Pay",
    yours: "It is yours",
    ticket: "Floor, row A, seat 7",
};
const KOREAN: Names = Names {
    join: "줄 서기",
    seat: "Floor A열 7번, 1,000포인트",
    hold: "좌석 잡기",
    charge: "포인트 충전",
    pay: "결제하기",
    yours: "구매가 완료되었습니다",
    ticket: "Floor A열 7번",
};

/// Gets to the seats of a sale whose waiting room has room.
pub(crate) async fn enter(browser: &mut Browser, sale: &Sale, join: &str) -> Page {
    let concert = browser.open(&format!("/concerts/{}", sale.concert_id)).await;
    let line = browser.press(&concert, join).await;
    assert!(line.path.starts_with(&format!("/concerts/{}/line", sale.concert_id)), "{}", line.path);
    let mine = browser.open(&format!("/concerts/{}/line/mine", sale.concert_id)).await;
    let seats = format!("/performances/{}", sale.performance_id);
    assert!(
        mine.says(&format!("url={seats}")),
        "it is one's turn, and the page goes on by itself: {}",
        mine.html
    );
    browser.open(&seats).await
}

async fn buy(language: &str, names: &Names) {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut browser = cluster.browser(language);
    let programme = browser.open("/").await;
    assert_eq!(programme.status, 200);
    assert!(programme.says("Winter Gala") && programme.says("Grand Hall, Seoul"));
    assert!(programme.values("href").contains(&format!("/concerts/{}", sale.concert_id)));

    let seats = enter(&mut browser, &sale, names.join).await;
    let picked = browser.press(&seats, names.seat).await;
    assert!(picked.says("aria-pressed=\"true\""));
    let reservation = browser.press(&picked, names.hold).await;
    assert!(reservation.path.starts_with("/reservations/") && reservation.says("role=\"timer\""));
    assert!(!reservation.has_button(names.pay), "there are no points yet");
    let charged = browser.press(&reservation, names.charge).await;
    assert!(
        charged.path.starts_with(&reservation.path),
        "it comes back to the reservation: {}",
        charged.path
    );
    let paid = browser.press(&charged, names.pay).await;
    assert!(paid.says(names.yours), "{}", paid.html);
    let tickets = browser.open("/tickets").await;
    assert!(tickets.says(names.ticket) && tickets.says("Winter Gala"));
    let ticket = tickets.values("src").into_iter().find(|path| path.ends_with("/code.svg")).unwrap();
    let code = browser.open(&ticket).await;
    assert_eq!((code.status, code.header("content-type")), (200, "image/svg+xml"));
    let calendar = browser.open(&ticket.replace("code.svg", "calendar.ics")).await;
    assert!(calendar.says("BEGIN:VEVENT") && calendar.says("Winter Gala"), "{}", calendar.html);
    assert_eq!(cluster.browser("en").open(&ticket).await.status, 401, "it is nobody else's");
    let account = browser.open("/account").await;
    assert!(account.says("1,000") && account.says("−1,000"), "{}", account.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_without_a_script_in_english() {
    buy("en-GB,en;q=0.9", &ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_without_a_script_in_korean() {
    buy("ko-KR,ko;q=0.9,en;q=0.5", &KOREAN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_that_are_sent_twice_do_their_work_once() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut browser = cluster.browser("en");
    let concert = browser.open(&format!("/concerts/{}", sale.concert_id)).await;
    // A double click: the second request goes without the cookies that answer the first.
    let mut hasty = browser.clone();
    browser.press(&concert, ENGLISH.join).await;
    hasty.press(&concert, ENGLISH.join).await;
    assert_eq!(browser.cookies(), hasty.cookies(), "one account, one place in line");
    let seats = browser.open(&format!("/performances/{}", sale.performance_id)).await;
    let picked = browser.press(&seats, ENGLISH.seat).await;
    let first = browser.press(&picked, ENGLISH.hold).await;
    assert_eq!(browser.press(&picked, ENGLISH.hold).await.path, first.path);
    let charged = browser.press(&first, ENGLISH.charge).await;
    browser.press(&first, ENGLISH.charge).await;
    browser.press(&charged, ENGLISH.pay).await;
    assert!(browser.press(&charged, ENGLISH.pay).await.says(ENGLISH.yours));
    let account = browser.open("/account").await;
    assert_eq!(account.html.matches("Charged").count(), 1, "{}", account.html);
    assert_eq!(account.html.matches(">Paid<").count(), 1, "{}", account.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_too_late_is_one_step_from_the_map() {
    let options = ClusterOptions { hold_ttl: ClusterOptions::SHORT_HOLD, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut browser = cluster.browser("en");
    let seats = enter(&mut browser, &sale, ENGLISH.join).await;
    let picked = browser.press(&seats, ENGLISH.seat).await;
    let held = browser.press(&picked, ENGLISH.hold).await;
    let lapsed = loop {
        let page = browser.open(&held.path).await;
        if page.says("The time is up") {
            break page;
        }
    };
    assert!(lapsed.values("href").contains(&format!("/performances/{}", sale.performance_id)));
    assert!(!lapsed.has_button(ENGLISH.pay));
    assert!(browser.open(&format!("/performances/{}", sale.performance_id)).await.has_button(ENGLISH.seat));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_are_given_back_while_that_is_possible() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(30).seats_per_user(2).open(&operator).await;
    let mut browser = cluster.browser("en");
    let seats = enter(&mut browser, &sale, ENGLISH.join).await;
    let one = browser.press(&seats, ENGLISH.seat).await;
    let two = browser.press(&one, "Floor, row A, seat 8, 1,000 points").await;
    let held = browser.press(&two, ENGLISH.hold).await;
    let charged = browser.press(&held, ENGLISH.charge).await;
    browser.press(&charged, ENGLISH.pay).await;
    assert!(!browser.open("/tickets").await.has_button("Refund"), "nobody said until when");
    operator.change_performance(&sale.performance_id, &json!({"refundableUntil": Sale::STARTS_AT})).await;
    let tickets = eventually("they can be given back", || {
        let mut browser = browser.clone();
        async move { Some(browser.open("/tickets").await).filter(|page| page.has_button("Refund")) }
    });
    let tickets = tickets.await;
    let refunded = browser.press(&tickets, "Refund").await;
    assert!(refunded.says("Refunded. The points are in your account."), "{}", refunded.html);
    assert_eq!(refunded.html.matches("class=\"given-back\"").count(), 1, "one of two: {}", refunded.html);
    browser.press(&tickets, "Refund").await;
    assert_eq!(browser.open("/account").await.html.matches(">Refunded<").count(), 1, "once");
    let all = browser.press(&refunded, "Refund").await;
    assert!(all.says("<h1>Refunded</h1>"), "{}", all.html);
    let tickets = browser.open("/tickets").await;
    assert!(tickets.says("Void") && !tickets.has_button("Refund") && !tickets.says("/code.svg"));
    cluster.end().await;
}
